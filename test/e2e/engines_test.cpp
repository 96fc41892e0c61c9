// What the engines do besides the rules, which the tests of each section run with every engine.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/server.h"

namespace lastword::test {
namespace {

TEST(EngineAuto, TakesUringWhereItIsPermittedAndSaysWhy) {
  if (!uring_is_permitted()) GTEST_SKIP() << "io_uring is not permitted here";
  Server server({"--engine", "auto"});
  ASSERT_TRUE(server.has_logged("listening"));
  const auto line = server.events("listening").front();
  EXPECT_EQ(line.at("engine"), "uring");
  EXPECT_EQ(line.at("engine_because"), "io_uring is permitted");
}

TEST(EngineAuto, FallsBackToEpollWhereUringIsNotPermittedAndSaysWhy) {
  Server server({"--engine", "auto"}, {program("without_call"), "io_uring_setup"});
  ASSERT_TRUE(server.has_logged("listening"));
  const auto line = server.events("listening").front();
  EXPECT_EQ(line.at("engine"), "epoll");
  const std::string why = line.at("engine_because");
  EXPECT_TRUE(
      why.starts_with("io_uring can't be used here: operation not permitted (see "
                      "`sysctl kernel.io_uring_disabled`"))
      << why;
  EXPECT_EQ(converse(server, "hello\n"), reply("hello\n"));
}

TEST(EngineUring, IsAClearErrorWhereItIsNotPermitted) {
  const Finished finished =
      run({program("without_call"), "io_uring_setup", program("lastword-server"), "--engine",
           "uring", "-l", "127.0.0.1:0"});
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_EQ(finished.err,
            "lastword-server: --engine uring: io_uring can't be used here: operation not permitted "
            "(see `sysctl kernel.io_uring_disabled`, or the container's seccomp profile); --engine "
            "auto takes epoll instead\n");
}

TEST(EngineEpoll, IsAClearErrorWhereItCannotWait) {
  const Finished finished = run({program("without_call"), "epoll_pwait2",
                                 program("lastword-server"), "--engine", "epoll", "-l", ":0"});
  EXPECT_EQ(finished.exit.code, 3);
  EXPECT_EQ(finished.err,
            "lastword-server: cannot start: engine epoll: epoll_pwait2, which takes Linux 5.11 "
            "(--engine threads works without): Operation not permitted\n");
}

/// The engines that have loops.
class Loops : public EveryVariant {};

TEST_P(Loops, TheLoopThatAcceptsAConnectionServesItToItsEnd_Spec1_3) {
  constexpr std::size_t count = 60;
  Server server(with({"--loops", "3", "--hold", "1ms", "-n", std::to_string(count)}));
  std::vector<Writer> writers;
  for (std::size_t i = 0; i < count; ++i) writers.push_back(server.connect());
  for (Writer& writer : writers) send(writer, "x\n");
  for (Writer& writer : writers) EXPECT_EQ(answer_to(writer), reply("x\n"));
  EXPECT_EQ(server.process().wait()->code, 0);
  ASSERT_EQ(server.events("listening").front().at("loops"), 3);

  std::map<int, std::set<long>> threads_of_session;
  std::set<long> threads;
  for (const auto& line : server.log()) {
    if (!line.contains("session")) continue;
    threads_of_session[line.at("session")].insert(line.at("thread").get<long>());
    threads.insert(line.at("thread").get<long>());
  }
  EXPECT_EQ(threads_of_session.size(), count);
  for (const auto& [session, its_threads] : threads_of_session) EXPECT_EQ(its_threads.size(), 1u);
  EXPECT_LE(threads.size(), 3u);
}

TEST_P(Loops, AcceptNoMoreThanNBetweenThem_Spec1_4) {
  for (int round = 0; round < 5; ++round) {
    Server server(with({"--loops", "4", "--hold", "1ms", "-n", "20"}));
    std::vector<Writer> writers;
    for (int i = 0; i < 60; ++i) {
      // Whoever comes too late is turned away, now or after it was queued.
      auto writer = Writer::connect({"127.0.0.1", server.port()}, Clock::now() + patience);
      if (!writer) break;
      if (writer->send("x\n", Clock::now() + patience)) writers.push_back(std::move(*writer));
    }
    int replies = 0;
    for (Writer& writer : writers) replies += answer_to(writer) == reply("x\n") ? 1 : 0;
    EXPECT_EQ(replies, 20);
    EXPECT_EQ(server.process().wait()->code, 0);
    EXPECT_EQ(server.events("stopped").front().at("accepted"), 20);
  }
}

TEST_P(Loops, HoldAThousandSessionsOnTheirFewThreads) {
  Server server(with({"--loops", "2", "--hold", "500ms"}));
  std::vector<Writer> writers;
  for (int i = 0; i < 1000; ++i) {
    writers.push_back(server.connect());
    send(writers.back(), "x\n");
  }
  // Two loops, one that waits for signals, one that writes the log, perhaps a sanitizer's.
  EXPECT_LE(thread_count_of(server.process().pid()), 5u);
  for (Writer& writer : writers) ASSERT_EQ(answer_to(writer), reply("x\n"));
}

INSTANTIATE_TEST_SUITE_P(Engines, Loops,
                         testing::Values(Variant{"epoll", "access"}, Variant{"uring", "access"}),
                         name_of_variant);

}  // namespace
}  // namespace lastword::test
