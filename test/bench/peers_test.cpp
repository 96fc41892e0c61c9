// The dialogues of bench/peers: what they take for right, for unfinished and for wrong.
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "bench/message_code.h"
#include "peers/dialogues.h"

namespace lastword {
namespace {

using State = Judgement::State;

constexpr std::uint64_t run = 42;
constexpr SessionId own{0, 7};
constexpr SessionId other{1, 8};

std::string message_of(const SessionId& session) {
  std::string message;
  MessageCode(run).append(session, message);
  return message;
}

/// What a peer answers to the second request if `message` is what it has stored.
std::string loaded(std::string_view peer, std::string message) {
  const auto sized = [&message](std::string_view head) {
    return std::string(head) + std::to_string(message.size()) + "\r\n" + message + "\r\n";
  };
  if (peer == "redis") return sized("$");
  if (peer == "memcached") return sized("VALUE slot 0 ") + "END\r\n";
  if (peer == "mosquitto") {
    using namespace std::string_literals;
    const auto rest = static_cast<char>(6 + message.size());
    return "\x90\3\0\1\0"s + '\x31' + rest + "\0\4slot"s + message;
  }
  while (message.size() % 4 != 0) message += 'A';
  const std::string body = R"({"kvs":[{"key":"c2xvdA==","value":")" + message + R"("}]})";
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class PeerDialogue : public testing::TestWithParam<const char*> {
 protected:
  State judge(int step, std::string_view bytes) {
    return dialogue_->judge(own, step, bytes, false).state;
  }

  std::unique_ptr<Dialogue> dialogue_ = peer_dialogue(GetParam(), run);
};

TEST_P(PeerDialogue, TakesAnyWholeMessageOfTheRun) {
  EXPECT_EQ(judge(1, loaded(GetParam(), message_of(own))), State::right);
  EXPECT_EQ(judge(1, loaded(GetParam(), message_of(other))), State::right);
}

TEST_P(PeerDialogue, WaitsForTheWholeAnswer) {
  const std::string answer = loaded(GetParam(), message_of(own));
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_EQ(judge(1, answer.substr(0, size)), State::more) << size << " bytes";
  }
}

TEST_P(PeerDialogue, TellsAMixtureOfTwoMessages) {
  const std::string mixture = message_of(own).substr(0, 10) + message_of(other).substr(10);
  EXPECT_EQ(judge(1, loaded(GetParam(), mixture)), State::wrong);
}

TEST_P(PeerDialogue, TellsAMessageOfAnotherRun) {
  std::string message;
  MessageCode(run + 1).append(own, message);
  EXPECT_EQ(judge(1, loaded(GetParam(), message)), State::wrong);
}

TEST_P(PeerDialogue, TellsAnError) {
  for (const int step : {0, 1}) {
    EXPECT_EQ(judge(step, "-ERR out of memory\r\n\r\n"), State::wrong);
  }
}

TEST_P(PeerDialogue, SendsItsMessageBeforeItLoads) {
  std::string store;
  dialogue_->request(own, 0, store);
  std::string load;
  dialogue_->request(own, 1, load);
  EXPECT_THAT(store + load, testing::HasSubstr(message_of(own)));
}

INSTANTIATE_TEST_SUITE_P(Peers, PeerDialogue,
                         testing::Values("redis", "memcached", "mosquitto", "etcd"));

TEST(PeerDialogues, AreOfKnownPeersOnly) { EXPECT_EQ(peer_dialogue("oracle", run), nullptr); }

}  // namespace
}  // namespace lastword
