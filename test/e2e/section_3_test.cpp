// SPEC 3, The slot: a real server over real sockets.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "support/server.h"

namespace lastword::test {
namespace {

class Spec3_1 : public EveryVariant {};
class Spec3_2 : public EveryVariant {};
class Spec3_3 : public EveryVariant {};
class Spec3_3_Turns : public EveryVariant {};
class Spec3_4 : public EveryVariant {};

/// Messages of every length, each of one letter, so that a mixture or a stale tail shows.
std::string uniform_message(int number) {
  return std::string(static_cast<std::size_t>(1 + number * 7 % 19),
                     static_cast<char>('a' + number % 26));
}

bool is_uniform(const std::string& bytes) {
  if (bytes.size() < 2 || bytes.size() > 20 || bytes.back() != '\n') return false;
  return bytes.find_first_not_of(bytes.front()) == bytes.size() - 1;
}

TEST_P(Spec3_1, EveryReplyIsOneWholeMessageThatSomebodyStored) {
  const int threads = 8;
  const int each = is_session_scope() ? 25 : 50;
  Server server(with({"--hold", "1ms"}));
  std::atomic<int> wrong{0};
  std::vector<std::thread> writers;
  for (int thread = 0; thread < threads; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < each; ++i) {
        const Answer answer = converse(server, uniform_message(thread * each + i) + "\n");
        const std::string& got = answer.bytes;
        // Only this run's messages: a letter goes with few lengths.
        bool stored = false;
        for (int n = 0; n < threads * each; ++n) stored |= got == uniform_message(n) + "\n";
        if (!answer.closed || !is_uniform(got) || !stored) ++wrong;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(Spec3_1, AShortMessageKeepsNoTailOfALongerOne) {
  Server server(with({}));
  EXPECT_EQ(converse(server, "1234567890123456789\n"), reply("1234567890123456789\n"));
  EXPECT_EQ(converse(server, "ab\n"), reply("ab\n"));
}

TEST_P(Spec3_2, AWriterThatDawdlesOverItsMessageDelaysNobody) {
  Server server(with({"--quiet-gap", "1h"}));
  Writer silent = server.connect();
  Writer half_way = server.connect();
  send(half_way, "half");
  ASSERT_TRUE(server.has_logged("accepted", 2));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(converse(server, "other\n"), reply("other\n"));
  send(half_way, " way\n");
  EXPECT_EQ(answer_to(half_way), reply("half way\n"));
}

TEST_P(Spec3_2, AWriterThatDoesNotTakeItsReplyDelaysNobody) {
  Server server(with({}));
  Writer never_reads = server.connect();
  send(never_reads, "lazy\nand bytes behind it");
  std::atomic<bool> stop{false};
  std::thread keeps_its_session([&] {  // for five seconds: until then the server listens to it
    while (!stop && never_reads.send("x", Clock::now() + 1s)) std::this_thread::sleep_for(100ms);
  });
  EXPECT_TRUE(server.has_logged("replied"));
  const auto begun = Clock::now();
  EXPECT_EQ(converse(server, "other\n"), reply("other\n"));
  EXPECT_LT(Clock::now() - begun, 3s);
  stop = true;
  keeps_its_session.join();
}

TEST_P(Spec3_3, TheScopeSaysWhoseWordsComeBack) {
  Server server(with({"--hold", "300ms"}));
  Writer first = server.connect();
  send(first, "first\n");
  ASSERT_TRUE(server.has_logged("stored"));
  Writer second = server.connect();
  send(second, "second\n");

  // `access`: the second stores during the hold. `session`: it waits for the first one's end.
  EXPECT_EQ(answer_to(first), reply(is_session_scope() ? "first\n" : "second\n"));
  EXPECT_EQ(answer_to(second), reply("second\n"));
}

TEST_P(Spec3_3_Turns, ComeFirstComeFirstServed) {
  Server server(with({"--hold", "60ms", "--quiet-gap", "1h"}));
  std::vector<Writer> writers;
  for (const std::string_view message : {"a\n", "b\n", "c\n", "d\n"}) {
    writers.push_back(server.connect());
    send(writers.back(), message);
    // Far apart on this machine's scale, but well within the first hold.
    ASSERT_TRUE(server.has_logged("accepted", writers.size()));
    std::this_thread::sleep_for(5ms);
  }
  for (std::size_t i = 0; i < writers.size(); ++i) {
    EXPECT_EQ(answer_to(writers[i]), reply(std::string(1, static_cast<char>('a' + i)) + "\n"));
  }
  ASSERT_TRUE(server.has_logged("replied", 4));
  std::string stored;
  for (const auto& line : server.log()) {
    const std::string event = line.at("event");
    if (event == "stored") stored += line.at("message").get<std::string>();
  }
  EXPECT_EQ(stored, "abcd");
}

TEST_P(Spec3_3, AVanishedWriterPassesItsTurnOn) {
  Server server(with({"--hold", "50ms"}));
  Writer vanishes = server.connect();
  send(vanishes, "gone\n");
  ASSERT_TRUE(server.has_logged("stored"));
  reset(std::move(vanishes));
  EXPECT_EQ(converse(server, "next\n"), reply("next\n"));
}

TEST_P(Spec3_4, ALoadSeesNoOlderMessageThanTheLastThatWasAnswered) {
  // A writer that connects after another was answered stores, and loads, later than that one did:
  // so among writers one after the other, nobody is ever sent older words than its own.
  Server server(with({"--hold", "0"}));
  for (int i = 0; i < 300; ++i) {
    const std::string message = "message " + std::to_string(i) + "\n";
    ASSERT_EQ(converse(server, message), reply(message));
  }
}

LASTWORD_FOR_EVERY_VARIANT(Spec3_1);
LASTWORD_FOR_EVERY_VARIANT(Spec3_2);
LASTWORD_FOR_EVERY_VARIANT(Spec3_3);
LASTWORD_FOR_EVERY_VARIANT_OF("session", Spec3_3_Turns);
LASTWORD_FOR_EVERY_VARIANT(Spec3_4);

}  // namespace
}  // namespace lastword::test
