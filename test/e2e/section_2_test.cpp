// SPEC 2, The message: a real server over real sockets.

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <thread>

#include "support/server.h"

namespace lastword::test {
namespace {

using namespace std::string_view_literals;

class Spec2_1 : public EveryVariant {};
class Spec2_2 : public EveryVariant {};
class Spec2_3 : public EveryVariant {};
class Spec2_4 : public EveryVariant {};

constexpr auto nineteen = "1234567890123456789"sv;

bool is_refusal_because(const Answer& answer, std::string_view words) {
  return answer.closed && answer.bytes.starts_with("error: ") &&
         answer.bytes.find(words) != std::string::npos;
}

TEST_P(Spec2_1, EndsAtANul) {
  Server server(with({"--quiet-gap", "1h"}));
  EXPECT_EQ(converse(server, "writer1\0"sv), reply("writer1\0"sv));
}

TEST_P(Spec2_1, EndsAtALfOrCrLf) {
  Server server(with({"--quiet-gap", "1h"}));
  EXPECT_EQ(converse(server, "writer1\n"), reply("writer1\n"));
  EXPECT_EQ(converse(server, "writer1\r\n"), reply("writer1\r\n"));
}

TEST_P(Spec2_1, EndsAtTheHalfClose) {
  Server server(with({"--quiet-gap", "1h"}));
  Writer writer = server.connect();
  send(writer, "writer1");
  writer.half_close();
  EXPECT_EQ(answer_to(writer), reply("writer1"));
}

TEST_P(Spec2_1, EndsAtAQuietGap) {
  Server server(with({"--quiet-gap", "30ms"}));
  EXPECT_EQ(converse(server, "writer1"), reply("writer1"));
}

TEST_P(Spec2_1, NoQuietGapEndsAMessageBeforeItsFirstByte) {
  Server server(with({"--quiet-gap", "10ms", "--read-timeout", "1h"}));
  Writer writer = server.connect();
  ASSERT_TRUE(server.has_logged("accepted"));
  EXPECT_TRUE(answer_to(writer, 100ms).error == "timed out");
  send(writer, "late\n");
  EXPECT_EQ(answer_to(writer), reply("late\n"));
}

TEST_P(Spec2_2, ArrivesAByteAtATime) {
  Server server(with({"--quiet-gap", "1h"}));
  Writer writer = server.connect();
  const int yes = 1;
  ASSERT_EQ(setsockopt(writer.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
  for (const char& byte : "writer1\n"sv) {
    send(writer, {&byte, 1});
    std::this_thread::sleep_for(2ms);  // so that the server sees each by itself
  }
  EXPECT_EQ(answer_to(writer), reply("writer1\n"));
}

TEST_P(Spec2_2, MayPauseBetweenPiecesForLessThanTheQuietGap) {
  Server server(with({"--quiet-gap", "1h", "--read-timeout", "50ms"}));
  Writer writer = server.connect();
  send(writer, "wri");
  EXPECT_EQ(answer_to(writer, 200ms).error, "timed out");  // the read timeout is for silence only
  send(writer, "ter1\r");
  EXPECT_EQ(answer_to(writer, 20ms).error, "timed out");
  send(writer, "\n");
  EXPECT_EQ(answer_to(writer), reply("writer1\r\n"));
}

TEST_P(Spec2_2, TakesANulPaddedBuffer) {
  Server server(with({}));
  EXPECT_EQ(converse(server, "writer1\0\0\0\0\0\0\0\0\0\0\0\0\0"sv), reply("writer1\0"sv));
}

TEST_P(Spec2_2, IgnoresWhatFollowsTheEnd) {
  Server server(with({}));
  EXPECT_EQ(converse(server, "writer1\nwriter2\nand more"), reply("writer1\n"));
}

TEST_P(Spec2_2, WhatComesDuringTheHoldCostsNoReply) {
  Server server(with({"--hold", "200ms"}));
  Writer writer = server.connect();
  send(writer, "writer1\n");
  ASSERT_TRUE(server.has_logged("stored"));
  send(writer, std::string(100'000, 'x'));
  EXPECT_EQ(answer_to(writer), reply("writer1\n"));
}

TEST_P(Spec2_2, AWriterThatStillSendsGetsItsReplyWithoutAReset) {
  Server server(with({"--hold", "20ms"}));
  Writer writer = server.connect();
  send(writer, "writer1\nmore");
  const auto piece = writer.receive(Clock::now() + patience);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->bytes, "writer1\n");
  for (int i = 0; i < 20; ++i) send(writer, std::string(1000, 'x'));  // behind the reply
  EXPECT_EQ(answer_to(writer), reply(""));
}

TEST_P(Spec2_3, TakesNineteenBytes) {
  Server server(with({"--quiet-gap", "30ms"}));
  EXPECT_EQ(converse(server, nineteen), reply(nineteen));
  const std::string with_crlf = std::string(nineteen) + "\r\n";
  EXPECT_EQ(converse(server, with_crlf), reply(with_crlf));
}

TEST_P(Spec2_3, RefusesATwentiethByteAtOnce) {
  Server server(with({"--quiet-gap", "1h"}));
  EXPECT_TRUE(is_refusal_because(converse(server, std::string(nineteen) + "0"), "19 bytes"));
  EXPECT_TRUE(is_refusal_because(converse(server, std::string(500, 'x') + "\n"), "19 bytes"));
}

TEST_P(Spec2_3, RefusesAnEmptyMessage) {
  Server server(with({"--quiet-gap", "1h"}));
  for (const std::string_view bytes : {"\n"sv, "\r\n"sv, "\0"sv}) {
    EXPECT_TRUE(is_refusal_because(converse(server, bytes), "empty"));
  }
}

TEST_P(Spec2_3, ARefusedMessageLeavesTheSlotUntouched) {
  // In session scope no other writer is served during the hold, so that the log has to tell.
  Server server(with({"--hold", "300ms"}));
  Writer writer = server.connect();
  send(writer, "kept\n");
  ASSERT_TRUE(server.has_logged("stored"));
  EXPECT_TRUE(is_refusal_because(converse(server, std::string(30, 'x')), "19 bytes"));
  EXPECT_TRUE(is_refusal_because(converse(server, "\n"), "empty"));
  EXPECT_EQ(answer_to(writer), reply("kept\n"));
  EXPECT_TRUE(server.has_logged("refused", 2));
  EXPECT_EQ(server.events("stored").size(), 1u);
}

TEST_P(Spec2_3, ARefusalReachesAWriterThatStillSends) {
  Server server(with({}));
  Writer writer = server.connect();
  for (int i = 0; i < 50; ++i) send(writer, std::string(100, 'x'));  // a file, in its pieces
  EXPECT_TRUE(is_refusal_because(answer_to(writer), "19 bytes"));
}

TEST_P(Spec2_4, RefusesAWriterThatSendsNothing) {
  Server server(with({"--read-timeout", "50ms"}));
  Writer writer = server.connect();
  EXPECT_TRUE(is_refusal_because(answer_to(writer), "no message"));
  ASSERT_TRUE(server.has_logged("refused"));
  EXPECT_EQ(server.events("refused").front().at("reason"), "silent");
}

TEST_P(Spec2_4, JustClosesOneThatClosesHavingSentNothing) {
  Server server(with({"--log-level", "debug"}));
  Writer writer = server.connect();
  writer.half_close();
  EXPECT_EQ(answer_to(writer), reply(""));
  ASSERT_TRUE(server.has_logged("failed"));
  EXPECT_EQ(server.events("failed").front().at("reason"), "closed_silently");
}

LASTWORD_FOR_EVERY_VARIANT(Spec2_1);
LASTWORD_FOR_EVERY_VARIANT(Spec2_2);
LASTWORD_FOR_EVERY_VARIANT(Spec2_3);
LASTWORD_FOR_EVERY_VARIANT(Spec2_4);

}  // namespace
}  // namespace lastword::test
