#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/scripted_server.h"
#include "support/network_namespace.h"
#include "support/process.h"
#include "support/server.h"

namespace lastword::test {
namespace {

using nlohmann::json;

std::vector<std::string> bench(const std::string& target, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {program("lastword-bench"), target, "--json"});
  return flags;
}

std::string target_of(const Server& server) { return "127.0.0.1:" + std::to_string(server.port()); }

struct Benched {
  int exit_code = -1;
  json figures;
  std::uint64_t errors(const std::string& kind) const {
    const json& kinds = figures.at("errors").at("by_kind");
    return kinds.contains(kind) ? kinds.at(kind).at("count").get<std::uint64_t>() : 0;
  }
};

Benched run_bench(const std::vector<std::string>& argv) {
  const Finished finished = run(argv);
  Benched benched{finished.exit.code, json::parse(finished.out, nullptr, false)};
  EXPECT_TRUE(benched.figures.is_object()) << finished.out << finished.err;
  return benched;
}

TEST(Bench, ClosedLoopAgainstTheServer) {
  const Server server({"--hold", "20ms"});
  const auto result = run_bench(
      bench(target_of(server), {"--hold", "20ms", "--concurrency", "20", "--sessions", "200"}));
  EXPECT_EQ(result.exit_code, 0) << result.figures;
  EXPECT_EQ(result.figures.at("sessions").at("answered"), 200);
  EXPECT_EQ(result.figures.at("sessions").at("measured"), 200);
  EXPECT_EQ(result.figures.at("peak_held"), 20);
  EXPECT_GE(result.figures.at("latency").at("min_ms"), 20);
  EXPECT_LT(result.figures.at("lateness").at("min_ms"), 20);
}

TEST(Bench, SeveralServersInTurn) {
  const Server one({"--hold", "20ms"});
  const Server other({"--hold", "20ms"});
  const auto result = run_bench(bench(target_of(one), {target_of(other), "--hold", "20ms",
                                                       "--concurrency", "4", "--sessions", "12"}));
  EXPECT_EQ(result.exit_code, 0) << result.figures;
  EXPECT_TRUE(one.has_logged("replied", 6));
  EXPECT_TRUE(other.has_logged("replied", 6));
}

TEST(Bench, OpenLoopWithWarmUp) {
  const Server server({"--hold", "20ms"});
  const auto result =
      run_bench(bench(target_of(server), {"--hold", "20ms", "--rate", "200", "--arrivals",
                                          "constant", "--warmup", "200ms", "--duration", "500ms"}));
  EXPECT_EQ(result.exit_code, 0) << result.figures;
  EXPECT_EQ(result.figures.at("sessions").at("started"), 140);
  EXPECT_EQ(result.figures.at("sessions").at("measured"), 100);
  EXPECT_EQ(result.figures.at("duration_s"), 0.5);
}

TEST(Bench, EveryEndingInBothScopes) {
  for (const char* scope : {"access", "session"}) {
    const Server server({"--hold", "20ms", "--quiet-gap", "20ms", "--scope", scope});
    for (const char* ending : {"none", "nul", "lf", "crlf"}) {
      const auto result =
          run_bench(bench(target_of(server), {"--hold", "20ms", "--concurrency", "4", "--sessions",
                                              "8", "--ending", ending}));
      EXPECT_EQ(result.exit_code, 0) << scope << " " << ending << result.figures;
    }
  }
}

TEST(Bench, SeveralProcessesCountAsOneAndTheirHistoryIsJudged) {
  const Server server({"--hold", "20ms"});
  const TemporaryFolder folder;
  const auto result = run_bench(
      bench(target_of(server),
            {"--hold", "20ms", "--concurrency", "30", "--sessions", "301", "--processes", "3",
             "--connections-from", "127.0.0.1-127.0.0.6", "--save-history", folder.file("h")}));
  EXPECT_EQ(result.exit_code, 0) << result.figures;
  EXPECT_EQ(result.figures.at("processes"), 3);
  EXPECT_EQ(result.figures.at("sessions").at("answered"), 301);
  EXPECT_EQ(result.figures.at("latency").at("count"), 301);
  const Finished judged = run({program("lastword-check"), "judge", folder.file("h")});
  EXPECT_EQ(judged.exit.code, 0) << judged.out << judged.err;
  EXPECT_NE(judged.out.find("all 301 replies"), std::string::npos) << judged.out;
}

TEST(Bench, ForksWhatTheDescriptorsAskForAndSaysWhenTheyRanOut) {
  const Server server({"--hold", "200ms"});
  const std::string target = target_of(server);
  auto argv = bench(target, {"--hold", "200ms", "--concurrency", "150", "--sessions", "150"});
  argv.insert(argv.begin(), {"prlimit", "--nofile=100"});
  const auto shared = run_bench(argv);
  EXPECT_EQ(shared.exit_code, 0) << shared.figures;
  EXPECT_EQ(shared.figures.at("processes"), 3);

  argv.insert(argv.end(), {"--processes", "1"});
  const auto alone = run_bench(argv);
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_GT(alone.errors("out_of_descriptors"), 0u) << alone.figures;
  const auto& why = alone.figures.at("errors").at("by_kind").at("out_of_descriptors");
  EXPECT_NE(why.at("example").get<std::string>().find("100 descriptors"), std::string::npos);
}

TEST(Bench, SaysWhenTheMachineHasNoPortLeft) {
  auto network = NetworkNamespace::make();
  if (!network) GTEST_SKIP() << network.error().text;
  const auto ten_ports =
      network->command({"sh", "-c", "echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range"});
  ASSERT_EQ(run(ten_ports).exit.code, 0);
  const Server server({"--hold", "200ms"}, network->command({}));
  const auto with = [&](const std::string& addresses) {
    return run_bench(network->command(
        bench(target_of(server), {"--hold", "200ms", "--concurrency", "20", "--sessions", "20",
                                  "--connections-from", addresses})));
  };
  const auto starved = with("127.0.0.1");
  EXPECT_EQ(starved.exit_code, 1);
  EXPECT_GT(starved.errors("out_of_ports"), 0u) << starved.figures;
  const auto& why = starved.figures.at("errors").at("by_kind").at("out_of_ports");
  EXPECT_NE(why.at("example").get<std::string>().find("--connections-from"), std::string::npos);
  EXPECT_EQ(with("127.0.0.2-127.0.0.5").exit_code, 0) << "as it says";
}

// The server stands still, the writers' plan does not: those planned meanwhile waited.
TEST(Bench, AStalledServerCannotHideInAnOpenLoop) {
  Server server({"--hold", "20ms"});
  Process process(bench(target_of(server), {"--hold", "20ms", "--rate", "400", "--arrivals",
                                            "constant", "--duration", "1s"}));
  ASSERT_TRUE(server.has_logged("stored", 20));
  server.process().signal(SIGSTOP);
  std::this_thread::sleep_for(200ms);
  server.process().signal(SIGCONT);
  ASSERT_TRUE(process.wait().has_value());
  const json figures = json::parse(process.out());
  EXPECT_EQ(figures.at("errors").at("total"), 0) << figures;
  EXPECT_EQ(figures.at("sessions").at("measured"), 400);
  EXPECT_GE(figures.at("lateness").at("max_ms"), 170) << figures;
  // About 80 sessions were planned for the stall, half of which waited for half of it or more.
  EXPECT_GE(figures.at("lateness").at("p90_ms"), 70) << figures;
}

TEST(Bench, AnInterruptReportsWhatWasMeasured) {
  for (const char* processes : {"1", "2"}) {
    const Server server({"--hold", "20ms"});
    Process process(bench(target_of(server), {"--hold", "20ms", "--rate", "100", "--duration",
                                              "60s", "--processes", processes}));
    ASSERT_TRUE(server.has_logged("replied", 10));
    process.signal(SIGINT);
    const auto exit = process.wait();
    ASSERT_TRUE(exit.has_value());
    EXPECT_EQ(exit->code, 130) << process.err();
    const json figures = json::parse(process.out());
    EXPECT_TRUE(figures.at("interrupted"));
    EXPECT_GT(figures.at("sessions").at("answered"), 0);
  }
}

TEST(Bench, AProcessThatDiesIsAFailureOfTheRun) {
  const Server server({"--hold", "20ms"});
  Process process(bench(target_of(server), {"--hold", "20ms", "--rate", "100", "--duration", "60s",
                                            "--processes", "2"}));
  ASSERT_TRUE(server.has_logged("replied", 4));
  const std::string pid = std::to_string(process.pid());
  pid_t first = 0;
  pid_t second = 0;
  std::istringstream(read_file("/proc/" + pid + "/task/" + pid + "/children")) >> first >> second;
  ASSERT_GT(second, 0);
  kill(first, SIGKILL);
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait().has_value());
  EXPECT_NE(process.out().find("ended by signal 9"), std::string::npos) << process.out();
}

TEST(Bench, ExitCodes) {
  const std::string program_path = program("lastword-bench");
  EXPECT_EQ(run({program_path, "--rate", "1", "--concurrency", "1"}).exit.code, 2);
  EXPECT_EQ(run({program_path, "--connections-from", "nowhere"}).exit.code, 2);
  EXPECT_EQ(run({program_path, "no.such.host.invalid:1"}).exit.code, 3);
  EXPECT_EQ(run({program_path, "--save-history", "/no/such/folder/h"}).exit.code, 3);
  int port = 0;
  {
    const ScriptedServer gone([](int, const std::string&) {});
    std::istringstream(gone.target().substr(gone.target().find(':') + 1)) >> port;
  }
  const auto refused = run_bench(bench("127.0.0.1:" + std::to_string(port), {}));
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_GT(refused.errors("connect_failed"), 0u);
  const Finished help = run({program_path, "--help"});
  EXPECT_EQ(help.exit.code, 0);
  EXPECT_NE(help.out.find("lastword-check judge"), std::string::npos);
}

TEST(Bench, ATableForPeopleAndALineOnATerminal) {
  const Server server({"--hold", "300ms"});
  const TemporaryFolder folder;
  const std::string command = program("lastword-bench") + " " + target_of(server) +
                              " --hold 300ms --sessions 3 --concurrency 3 --html " +
                              folder.file("page.html");
  const Finished shown = run({"script", "-qec", command, "/dev/null"});
  EXPECT_NE(shown.out.find("3 held, 0 errors"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("no errors: every reply was right"), std::string::npos) << shown.out;
  EXPECT_NE(read_file(folder.file("page.html")).find("<polyline"), std::string::npos);
  const Finished plain = run({"sh", "-c", command});
  EXPECT_EQ(plain.err, "");
}

void say(int fd, const std::string& text) { ::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

/// One session with a server that does this, without a hold.
Benched against(ScriptedServer::Serve serve, std::vector<std::string> flags = {}) {
  const ScriptedServer server(std::move(serve));
  flags.insert(flags.begin(), {"--hold", "0", "--sessions", "1"});
  return run_bench(bench(server.target(), flags));
}

TEST(BenchWrongServers, AReplyInPiecesCountsToItsLastByte) {
  const auto result = against([](int fd, const std::string& received) {
    say(fd, received.substr(0, 4));
    std::this_thread::sleep_for(30ms);
    say(fd, received.substr(4));
    std::this_thread::sleep_for(30ms);
  });
  EXPECT_EQ(result.exit_code, 0) << result.figures;
  EXPECT_GE(result.figures.at("latency").at("max_ms"), 30);
}

TEST(BenchWrongServers, AreToldApartByKind) {
  const auto kind_of = [](ScriptedServer::Serve serve, std::vector<std::string> flags = {}) {
    const auto result = against(std::move(serve), std::move(flags));
    EXPECT_EQ(result.exit_code, 1) << result.figures;
    const json& kinds = result.figures.at("errors").at("by_kind");
    return kinds.size() == 1 ? kinds.begin().key() : kinds.dump();
  };
  EXPECT_EQ(kind_of([](int, const std::string&) {}), "closed");
  EXPECT_EQ(kind_of([](int fd, const std::string&) {
              const linger at_once{1, 0};
              setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            }),
            "reset");
  EXPECT_EQ(kind_of([](int fd, const std::string&) { say(fd, "error: not stored: busy today\n"); }),
            "refused");
  EXPECT_EQ(kind_of([](int fd, const std::string& received) {
              say(fd, received);
              std::this_thread::sleep_for(20ms);
              say(fd, "more");
            }),
            "wrong_ending");
  EXPECT_EQ(kind_of([](int fd, const std::string&) { say(fd, "writer1\n"); }), "foreign");
  EXPECT_EQ(kind_of([](int fd, const std::string& got) { say(fd, got.substr(0, 15) + "\n"); }),
            "torn");
  EXPECT_EQ(kind_of([](int fd, const std::string& got) { say(fd, got); }, {"--hold", "1s"}),
            "early");
  EXPECT_EQ(kind_of(
                [](int fd, const std::string& received) {
                  say(fd, received);
                  char more = 0;
                  recv(fd, &more, 1, 0);  // does not close until the writer does
                },
                {"--timeout", "100ms"}),
            "timed_out");
}

// The mutants listen on the course's port, so each has a network of its own.
TEST(BenchWrongServers, MutantsOfTheSlotAreSeen) {
  auto network = NetworkNamespace::make();
  if (!network) GTEST_SKIP() << network.error().text;
  const auto kinds_of = [&](const std::string& mutant) {
    Process server(network->command({LASTWORD_MUTANTS "/" + mutant}));
    const std::string sockets = "/proc/" + std::to_string(server.pid()) + "/net/tcp";
    EXPECT_TRUE(eventually(
        [&] { return read_file(sockets).find(":041A 00000000:0000 0A") != std::string::npos; }));
    return run_bench(network->command(
        bench("127.0.0.1:1050", {"--hold", LASTWORD_MUTANT_HOLD, "--ending", "none",
                                 "--concurrency", "3", "--sessions", "3"})));
  };
  EXPECT_EQ(kinds_of("right_access").exit_code, 0);
  EXPECT_GT(kinds_of("torn").errors("torn"), 0u);
  EXPECT_EQ(kinds_of("early").errors("early"), 3u);
  EXPECT_GT(kinds_of("fixed_15").errors("torn"), 0u);
  EXPECT_EQ(kinds_of("newline").errors("wrong_ending"), 3u);
}

}  // namespace
}  // namespace lastword::test
