#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "check/outside.h"
#include "check/socket_table.h"
#include "support/process.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

const std::string program = LASTWORD_CHECK;

/// stdout and stderr of `lastword-check ARGUMENTS`.
Ran checker(const std::string& arguments) { return run(program + " " + arguments + " 2>&1"); }

TEST(Check_Program, SelectingNothingIsAUsageError) {
  EXPECT_EQ(checker("--rule 4 --exclude 4 -- true").exit_code, 2);
  EXPECT_EQ(checker("--rule 7 -- true").exit_code, 2);
  EXPECT_EQ(checker("--no-such-flag").exit_code, 2);
  EXPECT_EQ(checker("--stress 10 -- true").exit_code, 2);  // three accepts are no stress
}

TEST(Check_Program, ListsItsCases) {
  const Ran ran = checker("--list");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.output.find("3.1/whole"), std::string::npos);
}

TEST(Check_Program, WhatCouldNotBeTestedIsSaidSo) {
  const Ran missing = checker("--rule 4.2 -- /no/such/server");
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_NE(missing.output.find("no such file or directory"), std::string::npos);
  const Ran ended = checker("--rule 4.2 -- sh -c 'echo cannot bind; exit 1'");
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_NE(ended.output.find("cannot bind"), std::string::npos);
}

TEST(Check_Program, NamesThePortThatTheServerHasInstead) {
  const Ran ran = checker("--rule 4.2/course --port 1051 -- " LASTWORD_MUTANTS "/right_access");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_NE(ran.output.find("but on 1050; try --port 1050"), std::string::npos) << ran.output;
}

TEST(Check_Program, PlainLinesWhereThereIsNoTerminal) {
  const Ran ran = checker("--rule 4.2/course --hold 500ms -- " LASTWORD_MUTANTS "/newline");
  EXPECT_EQ(ran.output.find('\033'), std::string::npos);
  EXPECT_EQ(ran.exit_code, 0);
}

TEST(Check_Program, TheRerunCommandOfAFailureFailsAgain) {
  const Ran ran = checker("--hold 500ms --read-timeout 500ms -- " LASTWORD_MUTANTS "/newline");
  ASSERT_EQ(ran.exit_code, 1);
  const auto found = ran.output.find("    lastword-check --rule 4.3/exact");
  ASSERT_NE(found, std::string::npos);
  const auto end = ran.output.find('\n', found);
  const auto behind_name = found + std::string("    lastword-check").size();
  EXPECT_EQ(checker(ran.output.substr(behind_name, end - behind_name)).exit_code, 1);
}

TEST(Check_Program, WritesAllItsReports) {
  const test::TemporaryFolder folder;
  const Ran ran =
      checker("--rule 3.4/course --hold 500ms --save-history " + folder.file("h.jsonl") +
              " --json " + folder.file("r.json") + " --junit " + folder.file("r.xml") + " --html " +
              folder.file("r.html") + " -- " LASTWORD_MUTANTS "/right_access");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  for (const char* name : {"h.jsonl", "r.json", "r.xml", "r.html"}) {
    EXPECT_GT(std::filesystem::file_size(folder.file(name)), 100u) << name;
  }
  const Ran judged = checker("judge " + folder.file("h.jsonl"));
  EXPECT_EQ(judged.exit_code, 0) << judged.output;
  EXPECT_EQ(
      checker("--rule 3.4/course --hold 500ms --json /no/such/folder/r.json -- " LASTWORD_MUTANTS
              "/right_access")
          .exit_code,
      3);
}

/// Started with a signal to come, because what must be seen is how it ends.
TEST(Check_Program, AnInterruptEndsTheServersAndWritesTheReports) {
  const test::TemporaryFolder folder;
  const std::string json = folder.file("r.json");
  const std::string output = folder.file("out");
  const pid_t checker_process = fork();
  if (checker_process == 0) {
    const int file = open(output.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execl(program.c_str(), program.c_str(), "--json", json.c_str(), "--",
          LASTWORD_MUTANTS "/right_access", nullptr);
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  std::vector<pid_t> servers;
  while (servers.size() < 4 && std::chrono::steady_clock::now() < deadline) {
    servers = family_of(checker_process);
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_GE(servers.size(), 4u) << "no servers were started";
  kill(checker_process, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(checker_process, &status, 0), checker_process);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_TRUE(std::filesystem::exists(json));
  EXPECT_LT(std::chrono::steady_clock::now(), deadline);
  for (const pid_t server : servers) EXPECT_NE(kill(server, 0), 0) << "left behind: " << server;
}

TEST(Check_Program, OneByOneWhereServersMustNotRunSideBySide) {
  // In a network of this test's own, because --serial uses the one it is started in.
  const Ran ran =
      run("unshare -rn sh -c 'ip link set lo up; " + program +
          " --serial --rule 4.2,1.4,1.2 --hold 500ms -- " LASTWORD_MUTANTS "/right_access' 2>&1");
  if (ran.output.find("unshare failed") != std::string::npos) GTEST_SKIP() << ran.output;
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST(Check_Program, AServerThatRunsAlreadyIsCheckedToo) {
  const Ran ran = run(
      "unshare -rn sh -c 'ip link set lo up; " LASTWORD_SERVER
      " --hold 300ms --log-level off & server=$!; sleep 0.5; " +
      program + " --hold 300ms --exclude 2.4 --strict; code=$?; kill $server; exit $code' 2>&1");
  if (ran.output.find("unshare failed") != std::string::npos) GTEST_SKIP() << ran.output;
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

TEST(Spec3_4_Stress, TenThousandSessionsOfLastwordAreLinearizable) {
  const Ran ran = checker("--stress 10000 --writers 64 --hold 5ms --accepts 0 -- " LASTWORD_SERVER
                          " --hold 5ms --log-level off");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

/// One writer after the other leaves no lost store unseen: four of 4,000 here.
TEST(Spec3_4_Stress, ALostStoreIsFound) {
  const Ran ran = checker("--stress 4000 --writers 1 --hold 1ms --accepts 0 -- " LASTWORD_MUTANTS
                          "/drops_one_in_1000");
  EXPECT_EQ(ran.exit_code, 1) << ran.output;
  EXPECT_NE(ran.output.find("nobody stored"), std::string::npos) << ran.output;
}

}  // namespace
}  // namespace lastword
