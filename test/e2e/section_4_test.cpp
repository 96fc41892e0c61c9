// SPEC 4, The reply: a real server over real sockets.

#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "support/server.h"

namespace lastword::test {
namespace {

using namespace std::string_view_literals;

class Spec4_1 : public EveryVariant {};
class Spec4_1_Load : public EveryVariant {};
class Spec4_2 : public EveryVariant {};
class Spec4_3 : public EveryVariant {};
class Spec4_4 : public EveryVariant {};

TEST_P(Spec4_1, IsSentNoEarlierThanOneHoldAfterTheStore) {
  Server server(with({"--hold", "150ms"}));
  for (int i = 0; i < 3; ++i) {
    const auto sent_at = Clock::now();
    ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
    EXPECT_GE(Clock::now() - sent_at, 150ms);
  }
}

TEST_P(Spec4_1, HoldsForAsLongAsItIsTold) {
  Server server(with({"--hold", "2s"}));
  const auto sent_at = Clock::now();
  ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
  EXPECT_GE(Clock::now() - sent_at, 2s);
}

TEST_P(Spec4_1_Load, ComesAfterTheHoldAndIsNeverRemembered) {
  Server server(with({"--hold", "300ms"}));
  Writer early = server.connect();
  send(early, "early\n");
  ASSERT_TRUE(server.has_logged("stored", 1));
  Writer later = server.connect();
  send(later, "later\0"sv);
  ASSERT_TRUE(server.has_logged("stored", 2));
  EXPECT_EQ(answer_to(early), reply("later\n"));
  EXPECT_EQ(answer_to(later), reply("later\0"sv));
}

TEST_P(Spec4_2, GoesToTheWriterWhoseSessionItIs) {
  Server server(with({}));
  Writer one = server.connect();
  Writer other = server.connect();
  send(other, "same\r\n");  // the endings tell the writers apart
  send(one, "same\0"sv);
  EXPECT_EQ(answer_to(one), reply("same\0"sv));
  EXPECT_EQ(answer_to(other), reply("same\r\n"));
}

TEST_P(Spec4_2, ComesFromTheThreadThatStored) {
  Server server(with({}));
  for (int i = 0; i < 5; ++i) ASSERT_EQ(converse(server, "x\n"), reply("x\n"));
  ASSERT_TRUE(server.has_logged("replied", 5));
  const auto stored = server.events("stored");
  const auto replied = server.events("replied");
  ASSERT_EQ(stored.size(), replied.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].at("session"), replied[i].at("session"));
    EXPECT_EQ(stored[i].at("thread"), replied[i].at("thread"));
  }
}

TEST_P(Spec4_3, HasTheWritersOwnEnding) {
  Server server(with({"--quiet-gap", "30ms"}));
  for (const std::string_view bytes :
       {"writer1"sv, "writer1\0"sv, "writer1\n"sv, "writer1\r\n"sv}) {
    EXPECT_EQ(converse(server, bytes), reply(bytes));
  }
}

TEST_P(Spec4_3, ComesInOneSegmentForOneReceive) {
  Server server(with({"--quiet-gap", "30ms"}));
  for (const std::string_view bytes : {"writer1"sv, "1234567890123456789\r\n"sv}) {
    Writer writer = server.connect();
    send(writer, bytes);
    const auto piece = writer.receive(Clock::now() + patience, 100);
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->bytes, bytes);

    tcp_info info{};
    socklen_t size = sizeof info;
    ASSERT_EQ(getsockopt(writer.fd(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    EXPECT_EQ(info.tcpi_data_segs_in, 1u);
  }
}

TEST_P(Spec4_3, ThenTheServerCloses) {
  Server server(with({}));
  Writer writer = server.connect();
  send(writer, "x\n");
  EXPECT_EQ(answer_to(writer), reply("x\n"));  // an orderly end, while the writer stays
}

TEST_P(Spec4_4, ARefusalIsOneLineThatNoMessageCanBe) {
  Server server(with({"--read-timeout", "50ms"}));
  for (const std::string_view bytes : {"12345678901234567890"sv, "\n"sv, ""sv}) {
    const Answer answer = converse(server, bytes);
    EXPECT_TRUE(answer.closed);
    EXPECT_TRUE(answer.bytes.starts_with("error: ")) << answer;
    EXPECT_EQ(answer.bytes.find('\n'), answer.bytes.size() - 1) << answer;
    EXPECT_GT(answer.bytes.size() - 1, 19u) << answer;
  }
}

LASTWORD_FOR_EVERY_VARIANT(Spec4_1);
// In session scope nobody stores during the hold.
LASTWORD_FOR_EVERY_VARIANT_OF("access", Spec4_1_Load);
LASTWORD_FOR_EVERY_VARIANT(Spec4_2);
LASTWORD_FOR_EVERY_VARIANT(Spec4_3);
LASTWORD_FOR_EVERY_VARIANT(Spec4_4);

}  // namespace
}  // namespace lastword::test
