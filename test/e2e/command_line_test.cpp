// Flags, environment and config file of lastword-server, and what it says at start.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "support/server.h"

namespace lastword::test {
namespace {

std::string in_force(const std::string& key, const std::vector<std::string>& flags,
                     const std::vector<std::string>& environment = {}) {
  std::vector<std::string> argv{program("lastword-server"), "--check-config"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const Finished finished = run(argv, environment);
  if (finished.exit.code != 0) return finished.err;
  const auto at = finished.out.find(key + "=");
  if (at == std::string::npos) return "no such key in: " + finished.out;
  const auto begin = at + key.size() + 1;
  return finished.out.substr(begin, finished.out.find('\n', at) - begin);
}

TEST(CommandLine, FlagOverEnvironmentOverConfigOverDefault) {
  TemporaryFolder folder;
  const std::string config = folder.file("lastword.conf");
  write_file(config, "hold = \"7s\"\nscope = \"session\"\n");

  EXPECT_EQ(in_force("hold", {}), "\"2s\"");
  EXPECT_EQ(in_force("hold", {"--config", config}), "\"7s\"");
  EXPECT_EQ(in_force("hold", {"--config", config}, {"LASTWORD_HOLD=6s"}), "\"6s\"");
  EXPECT_EQ(in_force("hold", {"--config", config, "--hold", "5s"}, {"LASTWORD_HOLD=6s"}), "\"5s\"");
  EXPECT_EQ(in_force("scope", {"--config", config}, {"LASTWORD_HOLD=6s"}), "\"session\"");
}

TEST(CommandLine, TheDefaultsAreThoseOfTheRules_Spec1_1_Spec2_1_Spec2_4_Spec4_1_Spec5_3) {
  EXPECT_EQ(in_force("listen", {}), "\"[::]:1050\"");
  EXPECT_EQ(in_force("hold", {}), "\"2s\"");
  EXPECT_EQ(in_force("quiet-gap", {}), "\"100ms\"");
  EXPECT_EQ(in_force("read-timeout", {}), "\"10s\"");
  EXPECT_EQ(in_force("grace", {}), "\"5s\"");
  EXPECT_EQ(in_force("scope", {}), "\"access\"");
}

TEST(CommandLine, WhatCheckConfigPrintsIsAConfig) {
  TemporaryFolder folder;
  const std::vector<std::string> flags{"--hold",  "1500ms",      "-l",      "[::1]:1051", "-l",
                                       ":1052",   "--log-level", "warn",    "-n",         "3",
                                       "--scope", "session",     "--grace", "1m"};
  std::vector<std::string> argv{program("lastword-server"), "--check-config"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const Finished first = run(argv);
  ASSERT_EQ(first.exit.code, 0) << first.err;
  write_file(folder.file("conf"), first.out);
  const Finished second =
      run({program("lastword-server"), "--check-config", "--config", folder.file("conf")});
  EXPECT_EQ(second.exit.code, 0) << second.err;
  EXPECT_EQ(second.out, first.out);
}

TEST(CommandLine, TheLastOfAFlagCounts) {
  EXPECT_EQ(in_force("hold", {"--hold", "1s", "--hold", "3s"}), "\"3s\"");
}

/// Nonsense, and words of the line that says what would be right.
struct Nonsense {
  std::string name;
  std::vector<std::string> flags;
  std::string says;
  friend std::ostream& operator<<(std::ostream& out, const Nonsense& row) {
    return out << row.name;
  }
};

class CommandLineNonsense : public testing::TestWithParam<Nonsense> {};

TEST_P(CommandLineNonsense, IsRefusedInOneLine) {
  std::vector<std::string> argv{program("lastword-server")};
  argv.insert(argv.end(), GetParam().flags.begin(), GetParam().flags.end());
  const Finished finished = run(argv);
  EXPECT_EQ(finished.exit.code, 2);
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  EXPECT_TRUE(finished.err.starts_with("lastword-server: ")) << finished.err;
  EXPECT_NE(finished.err.find(GetParam().says), std::string::npos) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CommandLineNonsense,
    testing::Values(
        Nonsense{"no_unit", {"--hold", "2"}, "write 2s or 2ms"},
        Nonsense{"no_number", {"--hold", "soon"}, "such as 2s or 100ms"},
        Nonsense{"negative", {"--hold=-1s"}, "such as 2s or 100ms"},
        Nonsense{"too_long", {"--hold", "25h"}, "a day (24h) is the most"},
        Nonsense{"unknown_unit", {"--hold", "2days"}, "the units are us, ms, s, m and h"},
        Nonsense{"too_short", {"--quiet-gap", "0"}, "1ms is the least"},
        Nonsense{"scope", {"--scope", "global"}, "access|session"},
        Nonsense{"engine", {"--engine", "fibers"}, "threads"},
        Nonsense{"slot", {"--slot", "disk"}, "it takes memory, shm:NAME or etcd:HOST:PORT"},
        Nonsense{"slot_name", {"--slot", "shm:a/b"}, "has a '/' in its name"},
        Nonsense{"slot_command", {"slot"}, "subcommand is required"},
        Nonsense{"slot_nowhere", {"slot", "show"}, "SLOT is required"},
        Nonsense{"count", {"-n", "three"}, "a whole number"},
        Nonsense{"negative_count", {"-n=-3"}, "a whole number"},
        Nonsense{"listen_without_port", {"-l", "127.0.0.1"}, "write ADDRESS:PORT"},
        Nonsense{"listen_port", {"-l", "127.0.0.1:99999"}, "0 to 65535"},
        Nonsense{"listen_ipv6", {"-l", "::1:1050"}, "needs brackets"},
        Nonsense{"unknown_flag", {"--frobnicate"}, "--frobnicate"},
        Nonsense{"stray_word", {"1050"}, "1050"},
        Nonsense{"no_config", {"--config", "/nowhere/at.all"}, "/nowhere/at.all"}),
    [](const auto& row) { return row.param.name; });

TEST(CommandLine, ABadConfigOrEnvironmentIsRefusedToo) {
  TemporaryFolder folder;
  write_file(folder.file("key"), "hodl = \"2s\"\n");
  write_file(folder.file("value"), "hold = \"2\"\n");
  EXPECT_NE(in_force("hold", {"--config", folder.file("key")}).find("unknown key 'hodl'"),
            std::string::npos);
  EXPECT_NE(in_force("hold", {"--config", folder.file("value")}).find("write 2s or 2ms"),
            std::string::npos);
  EXPECT_NE(in_force("hold", {}, {"LASTWORD_HOLD=2"}).find("write 2s or 2ms"), std::string::npos);
  EXPECT_NE(in_force("listen", {}, {"LASTWORD_LISTEN=,"}).find("write ADDRESS:PORT"),
            std::string::npos);
}

TEST(CommandLine, HelpHasExamplesAndVersionAVersion) {
  for (const std::string name :
       {"lastword-server", "writerp", "lastword-check", "lastword-bench"}) {
    const Finished help = run({program(name), "--help"});
    EXPECT_EQ(help.exit.code, 0);
    EXPECT_NE(help.out.find("Examples:\n  " + name), std::string::npos) << help.out;
    EXPECT_EQ(help.err, "");
    const Finished version = run({program(name), "--version"});
    EXPECT_EQ(version.exit.code, 0);
    EXPECT_TRUE(version.out.starts_with(name + " ")) << version.out;
  }
}

/// An address that it can't listen on, and words of the error.
TEST(CommandLine, SaysWhyItCannotListen_Spec1_1) {
  Server other;
  const std::string taken = "127.0.0.1:" + std::to_string(other.port());
  const std::string next = "127.0.0.1:" + std::to_string(other.port() + 1);
  struct Row {
    std::string address;
    std::string says;
  };
  for (const Row& row : {Row{taken, taken +
                                        ": address already in use (another server? try "
                                        "--listen " +
                                        next + ")"},
                         Row{"192.0.2.1:1050", "not an address of this machine"},
                         Row{"no.such.host.invalid:1050", "neither an address nor a known host"}}) {
    const Finished finished = run({program("lastword-server"), "-l", row.address});
    EXPECT_EQ(finished.exit.code, 3);
    EXPECT_TRUE(finished.err.starts_with("lastword-server: cannot listen on ")) << finished.err;
    EXPECT_NE(finished.err.find(row.says), std::string::npos) << finished.err;
  }
}

TEST(CommandLine, SaysAtStartWhatIsInForce) {
  Server server({"--hold", "1.5s", "--scope", "session", "-n", "7"});
  ASSERT_TRUE(server.has_logged("listening"));
  const auto line = server.events("listening").front();
  EXPECT_EQ(line.at("address"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(line.at("engine"), "threads");
  EXPECT_EQ(line.at("slot"), "memory");
  EXPECT_EQ(line.at("scope"), "session");
  EXPECT_EQ(line.at("hold"), "1.5s");
  EXPECT_EQ(line.at("connections"), 7);
  EXPECT_GT(line.at("max_descriptors").get<int>(), 0);
  EXPECT_GT(line.at("max_threads").get<int>(), 0);
}

TEST(CommandLine, WritesThePortToAPipeAsItIs) {
  TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  Process reader({"cat", pipe});
  Process server({program("lastword-server"), "-l", "127.0.0.1:0", "--port-file", pipe});
  ASSERT_TRUE(eventually([&] { return reader.out().ends_with('\n'); }));
  EXPECT_GT(std::stoi(reader.out()), 0);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe)) << "only a file is replaced";
}

TEST(CommandLine, ErrorsEndAsTheyShouldWithoutStderrAndStdout) {
  const auto without = [](const std::string& redirection, std::vector<std::string> argv) {
    argv.insert(argv.begin(), {"sh", "-c", "exec \"$@\" " + redirection, "sh"});
    return run(argv).exit.code;
  };
  for (const std::string redirection : {"2>&-", "2>/dev/full"}) {
    EXPECT_EQ(without(redirection, {program("lastword-server"), "--bogus"}), 2);
    EXPECT_EQ(without(redirection, {program("lastword-server"), "-l", "192.0.2.1:1"}), 3);
    EXPECT_EQ(without(redirection, {program("writerp"), "12345678901234567890"}), 1);
  }
  Server server;
  for (const std::string redirection : {">&-", ">/dev/full"}) {
    EXPECT_EQ(without(redirection, {program("lastword-server"), "--help"}), 3);
    EXPECT_EQ(without(redirection, {program("lastword-server"), "--check-config"}), 3);
    EXPECT_EQ(
        without(redirection, {program("writerp"), "--port", std::to_string(server.port()), "x"}), 3)
        << "no socket takes the place of stdout";
  }
}

TEST(CommandLine, ServesWithoutStandardDescriptors) {
  TemporaryFolder folder;
  Process server({"sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh", program("lastword-server"), "-n",
                  "1", "-l", "127.0.0.1:0", "--port-file", folder.file("port"), "--hold", "10ms"});
  ASSERT_TRUE(eventually([&] { return read_file(folder.file("port")).ends_with('\n'); }));
  const std::string port = std::to_string(std::stoi(read_file(folder.file("port"))));
  EXPECT_EQ(run({program("writerp"), "--port", port, "x"}).out, "x\n");
  EXPECT_EQ(server.wait()->code, 0);
}

TEST(CommandLine, SaysWhyItCannotWriteThePortFile) {
  const Finished finished =
      run({program("lastword-server"), "-l", "127.0.0.1:0", "--port-file", "/nowhere/at/all"});
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_NE(finished.err.find("cannot write the port file /nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace lastword::test
