// SPEC 5, Trouble: a real server over real sockets. Rule 5.4 concerns remote slots; the session's
// part of it is in server/session_test.cpp.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

#include "support/server.h"

namespace lastword::test {
namespace {

class Spec5_1 : public EveryVariant {};
class Spec5_1_Store : public EveryVariant {};
class Spec5_2 : public EveryVariant {};
class Spec5_2_Memory : public EveryVariant {};
class Spec5_3 : public EveryVariant {};
class Spec5_3_Turns : public EveryVariant {};

/// Connects `count` writers, more than the server can take, has them all send once it has said so,
/// and waits for what each is sent.
std::vector<Answer> answers_through_a_pause(const Server& server, int count) {
  std::vector<Writer> writers;
  for (int i = 0; i < count; ++i) writers.push_back(server.connect());
  EXPECT_TRUE(server.has_logged("accept_paused"));
  for (Writer& writer : writers) send(writer, "same\n");
  std::vector<Answer> answers;
  for (Writer& writer : writers) answers.push_back(answer_to(writer, 60s));
  return answers;
}

/// They are all sent their reply.
void serve_through_a_pause(const Server& server, int count) {
  for (const Answer& answer : answers_through_a_pause(server, count)) {
    EXPECT_EQ(answer, reply("same\n"));
  }
}

/// The server has said what it ran out of, which limit says so, and that limit's value.
void expect_paused(const Server& server, std::string_view out_of, std::string_view limit,
                   int value) {
  ASSERT_TRUE(server.has_logged("accept_paused"));
  const auto pause = server.events("accept_paused").front();
  EXPECT_EQ(pause.at("out_of"), out_of);
  EXPECT_EQ(pause.at("limit"), limit);
  EXPECT_EQ(pause.at("value"), value);
}

TEST_P(Spec5_1, AWriterThatResetsDuringItsHoldChangesNothingForTheOthers) {
  Server server(with({"--hold", "200ms"}));
  Writer vanishes = server.connect();
  send(vanishes, "vanished\n");
  ASSERT_TRUE(server.has_logged("stored"));
  Writer stays = server.connect();
  send(stays, "stays\n");
  reset(std::move(vanishes));
  EXPECT_EQ(answer_to(stays), reply("stays\n"));
  ASSERT_TRUE(server.has_logged("failed"));
  EXPECT_EQ(server.events("failed").front().at("reason"), "reply_lost");
  EXPECT_EQ(converse(server, "next\n"), reply("next\n"));
}

TEST_P(Spec5_1_Store, OfAVanishedWriterStays) {
  Server server(with({"--hold", "300ms"}));
  Writer stays = server.connect();
  send(stays, "stays\n");
  ASSERT_TRUE(server.has_logged("stored", 1));
  Writer vanishes = server.connect();
  send(vanishes, "vanished\n");
  ASSERT_TRUE(server.has_logged("stored", 2));
  reset(std::move(vanishes));
  EXPECT_EQ(answer_to(stays), reply("vanished\n"));
}

TEST_P(Spec5_1, AWriterThatResetsBeforeItsMessageEndsStoresNothing) {
  Server server(with({"--quiet-gap", "1h"}));
  Writer vanishes = server.connect();
  send(vanishes, "half");
  ASSERT_TRUE(server.has_logged("accepted"));
  reset(std::move(vanishes));
  ASSERT_TRUE(server.has_logged("failed"));
  EXPECT_EQ(server.events("failed").front().at("reason"), "reset");
  EXPECT_TRUE(server.events("stored").empty());
}

TEST_P(Spec5_2, ServesTwoHundredWritersWithThirtyTwoDescriptors) {
  Server server(with({"--hold", "20ms"}), {"prlimit", "--nofile=32:32"});
  serve_through_a_pause(server, 200);
  expect_paused(server, "descriptors", "ulimit -n", 32);
  const auto pauses = server.events("accept_paused");
  EXPECT_LE(pauses.size(), 3u) << "once per episode, not once per pause";

  ASSERT_TRUE(server.has_logged("accept_resumed", pauses.size()));
  EXPECT_EQ(converse(server, "after\n"), reply("after\n"));
}

TEST_P(Spec5_2, UsesNoProcessorWhileDescriptorsAreOut) {
  Server server(with({"--hold", "1h", "--read-timeout", "1h"}), {"prlimit", "--nofile=32:32"});
  std::vector<Writer> writers;
  for (int i = 0; i < 40; ++i) writers.push_back(server.connect());
  ASSERT_TRUE(server.has_logged("accept_paused"));
  const auto before = processor_time_of(server.process().pid());
  std::this_thread::sleep_for(1s);  // what is measured is a rate
  EXPECT_LT(processor_time_of(server.process().pid()) - before, 200ms);

  writers.erase(writers.begin() + 5, writers.end());  // it recovers by itself
  EXPECT_TRUE(server.has_logged("accept_resumed"));
}

/// A server that may have twelve threads. The kernel counts the threads of a user, and exempts
/// root: so it is a user whom no other process here belongs to, and who can reach the program.
class Spec5_2_Threads : public EveryVariant {
 protected:
  void SetUp() override {
    if (!is_root()) GTEST_SKIP() << "needs a user of its own, whose processes can be limited";
    if (is_sanitized()) GTEST_SKIP() << "the sanitizer's runtime ends the process instead";
    copy_ = folder_.file("lastword-server");
    std::filesystem::copy_file(program("lastword-server"), copy_);
  }

  std::unique_ptr<Server> limited_server(std::vector<std::string> flags) {
    const std::string user = std::to_string(1'000'000 + getpid());
    return std::make_unique<Server>(
        with(std::move(flags)),
        std::vector<std::string>{"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups",
                                 "prlimit", "--nproc=12:12"},
        copy_);
  }

 private:
  TemporaryFolder folder_;
  std::string copy_;
};

TEST_P(Spec5_2_Threads, RecoversWhenTheyRunOut) {
  const auto server = limited_server({"--hold", "30ms"});
  serve_through_a_pause(*server, 40);
  expect_paused(*server, "threads", "ulimit -u", 12);
}

TEST_P(Spec5_2_Threads, NoWriterOfASecondListenerTakesThePlaceOfOneThatWaits) {
  const auto server = limited_server(
      {"--hold", "30ms", "-n", "40", "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server->has_logged("listening"));
  const std::string addresses = server->events("listening").front().at("address");
  const auto first = parse_endpoint(addresses.substr(0, addresses.find(',')));
  const auto second = parse_endpoint(addresses.substr(addresses.find(',') + 1));
  ASSERT_TRUE(first && second);
  std::vector<Writer> writers;
  for (int i = 0; i < 40; ++i) {
    auto writer = Writer::connect(i % 2 == 0 ? *first : *second, Clock::now() + patience);
    ASSERT_TRUE(writer) << writer.error().text;
    send(*writer, "same\n");
    writers.push_back(std::move(*writer));
  }
  for (Writer& writer : writers) EXPECT_EQ(answer_to(writer, 60s), reply("same\n"));
  EXPECT_EQ(server->process().wait()->code, 0);
}

TEST_P(Spec5_2_Threads, AStopRefusesTheOneThatStillWaitsForItsThread) {
  const auto server = limited_server({"--hold", "1h", "--grace", "50ms", "--quiet-gap", "1h"});
  std::vector<Writer> writers;
  for (int i = 0; i < 20; ++i) {
    writers.push_back(server->connect());
    send(writers.back(), "same\n");
  }
  ASSERT_TRUE(server->has_logged("accept_paused"));
  constexpr std::size_t served = 10;  // of the twelve threads, one accepts and one writes the log
  ASSERT_TRUE(server->has_logged("accepted", served));
  EXPECT_EQ(server->stop()->code, 0);
  EXPECT_EQ(answer_to(writers.at(served)), reply("error: not stored: the server is stopping\n"));
  const auto totals = server->events("stopped").front();
  EXPECT_EQ(totals.at("accepted"), served + 1);
  EXPECT_EQ(totals.at("refused"), served + 1);
}

TEST_P(Spec5_2_Memory, RecoversWhenThereIsNoneForThreads) {
  if (is_sanitized()) GTEST_SKIP() << "a sanitizer's address space can't be limited";
  Server server(with({"--hold", "100ms"}));
  EXPECT_EQ(converse(server, "before\n"), reply("before\n"));
  // From now on there is address space for a few stacks only.
  std::size_t pages = 0;
  std::istringstream(read_file("/proc/" + std::to_string(server.process().pid()) + "/statm")) >>
      pages;
  const rlim_t bytes = pages * 4096 + 1024 * 1024;
  const rlimit limit{bytes, RLIM_INFINITY};
  ASSERT_EQ(prlimit(server.process().pid(), RLIMIT_AS, &limit, nullptr), 0);
  // Whoever needs memory at the worst moment is told so in one line; the others never notice.
  const Answer told = reply("error: the server ran out of memory for this session\n");
  int served = 0;
  for (const Answer& answer : answers_through_a_pause(server, 30)) {
    if (answer == reply("same\n")) {
      ++served;
    } else {
      EXPECT_EQ(answer, told);
    }
  }
  EXPECT_GE(served, 25);
  EXPECT_EQ(converse(server, "after\n"), reply("after\n"));
}

TEST_P(Spec5_2, TakesNoMoreThanMaxSessionsAtOnce) {
  Server server(with({"--max-sessions", "2", "--hold", "100ms"}));
  serve_through_a_pause(server, 8);
  expect_paused(server, "sessions", "--max-sessions", 2);
  int at_once = 0;
  for (const auto& line : server.log()) {
    const std::string event = line.at("event");
    at_once += event == "accepted" ? 1 : event == "replied" ? -1 : 0;
    ASSERT_LE(at_once, 2) << "in the order of the log";
  }
}

TEST_P(Spec5_2, ALimitThatIsReachedButNotMissedIsNoShortage) {
  Server server(with({"--max-sessions", "1", "--hold", "100ms"}));
  EXPECT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_EQ(server.stop()->code, 0);
  EXPECT_TRUE(server.events("accept_paused").empty());
}

TEST_P(Spec5_2, RaisesItsSoftDescriptorLimitAndSaysSo) {
  Server server(with({}), {"prlimit", "--nofile=100:200"});
  ASSERT_TRUE(server.has_logged("listening"));
  EXPECT_EQ(server.events("listening").front().at("max_descriptors"), 200);
  EXPECT_EQ(server.events("listening").front().at("max_descriptors_by"), "ulimit -n");
}

TEST_P(Spec5_2, UsesNoProcessorWhileItHolds) {
  Server server(with({"--hold", "1h"}));
  std::vector<Writer> writers;
  for (int i = 0; i < 50; ++i) {
    writers.push_back(server.connect());
    send(writers.back(), "x\n");
  }
  ASSERT_TRUE(server.has_logged("accepted", 50));
  ASSERT_TRUE(server.has_logged("stored", is_session_scope() ? 1 : 50));
  const auto before = processor_time_of(server.process().pid());
  std::this_thread::sleep_for(500ms);  // what is measured is a rate
  EXPECT_LT(processor_time_of(server.process().pid()) - before, 50ms);
}

TEST_P(Spec5_3, ASignalFinishesTheHeldSessionsAndExitsZero) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Server server(with({"--hold", "300ms"}));
    Writer writer = server.connect();
    send(writer, "held\n");
    ASSERT_TRUE(server.has_logged("stored"));
    server.process().signal(signal);
    EXPECT_TRUE(eventually([&] {
      return !Writer::connect({"127.0.0.1", server.port()}, Clock::now() + 1s).has_value();
    })) << "it must stop accepting at once";
    EXPECT_EQ(answer_to(writer), reply("held\n"));
    EXPECT_EQ(server.process().wait()->code, 0);
  }
}

TEST_P(Spec5_3, ASignalRefusesWhoHasNotSentItsMessage) {
  Server server(with({"--quiet-gap", "1h", "--read-timeout", "1h"}));
  Writer silent = server.connect();
  Writer half_way = server.connect();
  send(half_way, "half");
  ASSERT_TRUE(server.has_logged("accepted", 2));
  server.process().signal(SIGTERM);
  for (Writer* writer : {&silent, &half_way}) {
    EXPECT_EQ(answer_to(*writer), reply("error: not stored: the server is stopping\n"));
  }
  EXPECT_EQ(server.process().wait()->code, 0);
  EXPECT_TRUE(server.events("stored").empty());
}

TEST_P(Spec5_3, TheGraceTimeBoundsTheWait) {
  Server server(with({"--hold", "1h", "--grace", "100ms"}));
  Writer held = server.connect();
  send(held, "held\n");
  ASSERT_TRUE(server.has_logged("stored"));
  Writer second = server.connect();
  send(second, "second\n");
  ASSERT_TRUE(server.has_logged("accepted", 2));
  if (!is_session_scope()) {
    ASSERT_TRUE(server.has_logged("stored", 2));
  }
  server.process().signal(SIGTERM);
  const auto cut_short = reply("error: stored, but the server stops before the hold is over\n");
  EXPECT_EQ(answer_to(held), cut_short);
  const Answer other = answer_to(second);
  if (is_session_scope()) {
    EXPECT_EQ(other, reply("error: not stored: the server is stopping\n"));
  } else {
    EXPECT_EQ(other, cut_short);
  }
  EXPECT_EQ(server.process().wait()->code, 0);
}

TEST_P(Spec5_3_Turns, NobodyStoresAfterTheGraceTime) {
  Server server(with({"--hold", "1h", "--grace", "100ms"}));
  std::vector<Writer> writers;
  for (int i = 0; i < 100; ++i) {
    writers.push_back(server.connect());
    send(writers.back(), "x\n");
  }
  ASSERT_TRUE(server.has_logged("accepted", 100));
  ASSERT_TRUE(server.has_logged("stored"));
  EXPECT_EQ(server.stop()->code, 0);
  EXPECT_EQ(server.events("stored").size(), 1u) << "the turns that are passed on come too late";
  EXPECT_EQ(server.events("refused").size(), 100u);
}

TEST_P(Spec5_3, ASignalCostsNoWriterThatSendsOnItsReply_Spec2_2) {
  Server server(with({"--hold", "200ms"}));
  Writer writer = server.connect();
  send(writer, "writer1\n");
  ASSERT_TRUE(server.has_logged("stored"));
  server.process().signal(SIGTERM);
  send(writer, std::string(1000, 'x'));
  EXPECT_EQ(answer_to(writer), reply("writer1\n")) << "and no reset behind it";
  EXPECT_EQ(server.process().wait()->code, 0);
}

TEST_P(Spec5_3, ASecondSignalEndsAtOnce) {
  Server server(with({"--hold", "1h", "--grace", "1h"}));
  Writer writer = server.connect();
  send(writer, "held\n");
  ASSERT_TRUE(server.has_logged("stored"));
  server.process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] {
    return !Writer::connect({"127.0.0.1", server.port()}, Clock::now() + 1s).has_value();
  }));
  EXPECT_TRUE(server.process().is_running());
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait()->code, 130);
}

TEST_P(Spec5_3, ASignalEndsAPauseToo) {
  Server server(with({"--max-sessions", "1", "--hold", "1h", "--grace", "50ms"}));
  std::vector<Writer> writers;
  for (int i = 0; i < 3; ++i) writers.push_back(server.connect());
  ASSERT_TRUE(server.has_logged("accept_paused"));
  EXPECT_EQ(server.stop()->code, 0);
}

TEST_P(Spec5_3, NoSigpipeKillsIt) {
  Server server(with({"--hold", "20ms"}));
  for (int i = 0; i < 20; ++i) {
    Writer writer = server.connect();
    send(writer, "x\n");
    reset(std::move(writer));
  }
  ASSERT_TRUE(eventually(
      [&] { return server.events("replied").size() + server.events("failed").size() == 20; }));
  server.process().signal(SIGPIPE);
  EXPECT_EQ(converse(server, "still here\n"), reply("still here\n"));
}

LASTWORD_FOR_EVERY_VARIANT(Spec5_1);
// In session scope nobody else loads before the next store.
LASTWORD_FOR_EVERY_VARIANT_OF("access", Spec5_1_Store);
LASTWORD_FOR_EVERY_VARIANT(Spec5_2);
// The loops start no thread for a session.
LASTWORD_FOR_EVERY_VARIANT_OF("threads", Spec5_2_Memory);
LASTWORD_FOR_EVERY_VARIANT_OF("threads", Spec5_2_Threads);
LASTWORD_FOR_EVERY_VARIANT(Spec5_3);
LASTWORD_FOR_EVERY_VARIANT_OF("session", Spec5_3_Turns);

}  // namespace
}  // namespace lastword::test
