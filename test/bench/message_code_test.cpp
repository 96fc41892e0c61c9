#include "bench/message_code.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "protocol/message.h"

namespace lastword {
namespace {

using State = MessageCode::Decoded::State;

std::string message_of(const MessageCode& code, SessionId session) {
  std::string bytes;
  code.append(session, bytes);
  return bytes;
}

SessionId any_session() {
  return {*rc::gen::inRange<std::uint32_t>(0, MessageCode::most_workers),
          *rc::gen::inRange<std::uint64_t>(0, MessageCode::most_sessions)};
}

TEST(BenchMessageCode, IsAMessageAndComesBack) {
  const bool held = rc::check([] {
    const MessageCode code(*rc::gen::arbitrary<std::uint64_t>());
    const SessionId session = any_session();
    const std::string message = message_of(code, session);
    RC_ASSERT(Message::from(message).has_value());
    const auto decoded = code.decode(message);
    RC_ASSERT(decoded.state == State::whole);
    RC_ASSERT(decoded.session.worker == session.worker);
    RC_ASSERT(decoded.session.number == session.number);
  });
  EXPECT_TRUE(held);
}

TEST(BenchMessageCode, NoMixtureOfTwoIsWhole) {
  const bool held = rc::check([] {
    const MessageCode code(*rc::gen::arbitrary<std::uint64_t>());
    const std::string one = message_of(code, any_session());
    const std::string other = message_of(code, any_session());
    const auto cut = *rc::gen::inRange<std::size_t>(1, 16);
    const std::string mixture = one.substr(0, cut) + other.substr(std::min(cut, other.size()));
    RC_PRE(mixture != one && mixture != other);
    RC_ASSERT(code.decode(mixture).state == State::torn);
  });
  EXPECT_TRUE(held);
}

TEST(BenchMessageCode, NeitherAPieceNorATailIsWhole) {
  const MessageCode code(1);
  for (std::uint64_t number = 0; number < 8; ++number) {
    const std::string message = message_of(code, {3, number});
    for (std::size_t size = 1; size < message.size(); ++size) {
      EXPECT_EQ(code.decode(message.substr(0, size)).state, State::torn);
    }
    EXPECT_EQ(code.decode(message + "0").state, State::torn);
  }
}

TEST(BenchMessageCode, LengthsDiffer) {
  std::set<std::size_t> sizes;
  for (std::uint64_t number = 0; number < 8; ++number) {
    sizes.insert(message_of(MessageCode(1), {0, number}).size());
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{16, 17, 18, 19}));
}

TEST(BenchMessageCode, AnotherRunsMessageIsNotOurs) {
  EXPECT_EQ(MessageCode(2).decode(message_of(MessageCode(1), {0, 5})).state, State::torn);
  for (const char* text : {"", "writer1", "hello world", "\x01\x02"}) {
    EXPECT_EQ(MessageCode(1).decode(text).state, State::foreign) << text;
  }
}

}  // namespace
}  // namespace lastword
