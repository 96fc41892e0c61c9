#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "bench/lastword_dialogue.h"
#include "protocol/refusal.h"

namespace lastword {
namespace {

using State = Judgement::State;

LastwordDialogue dialogue(Ending ending = Ending::lf, bool alone = false) {
  LastwordDialogue::Options options;
  options.run = 42;
  options.ending = ending;
  options.alone = alone;
  return LastwordDialogue(std::move(options));
}

std::string request(LastwordDialogue& dialogue, SessionId session) {
  std::string bytes;
  dialogue.request(session, 0, bytes);
  return bytes;
}

/// The answer's judgement where session 0 of process 0 has sent its message.
Judgement judged(const std::string& answer, bool closed = true) {
  LastwordDialogue one = dialogue();
  request(one, {0, 0});
  return one.judge({0, 0}, 0, answer, closed);
}

TEST(BenchDialogue, ItsOwnReplyIsRightOnceTheServerHasClosed) {
  for (const Ending ending : {Ending::none, Ending::nul, Ending::lf, Ending::crlf}) {
    LastwordDialogue one = dialogue(ending);
    const std::string sent = request(one, {0, 0});
    EXPECT_TRUE(sent.ends_with(bytes_of(ending)));
    EXPECT_EQ(one.judge({0, 0}, 0, sent, false).state, State::more);
    EXPECT_EQ(one.judge({0, 0}, 0, sent, true).state, State::right);
    EXPECT_EQ(one.judge({0, 0}, 0, "", true).state, State::more);
  }
}

TEST(BenchDialogue, AReplyMayBeThatOfAnySessionThatHasSent) {
  LastwordDialogue one = dialogue();
  request(one, {0, 0});
  const std::string later = request(one, {0, 1});
  EXPECT_EQ(one.judge({0, 0}, 0, later, true).state, State::right);
  EXPECT_EQ(one.named_sessions(), std::vector<std::uint64_t>{2});
}

TEST(BenchDialogue, WhatNobodyHasSentYetIsInvented) {
  LastwordDialogue other = dialogue();
  EXPECT_EQ(judged(request(other, {0, 1})).kind, ErrorKind::invented);
}

TEST(BenchDialogue, AnotherProcessesMessagesAreNamedForTheEnd) {
  LastwordDialogue one = dialogue();
  LastwordDialogue other = dialogue();
  request(one, {0, 0});
  EXPECT_EQ(one.judge({0, 0}, 0, request(other, {2, 7}), true).state, State::right);
  EXPECT_EQ(one.named_sessions(), (std::vector<std::uint64_t>{0, 0, 8}));
}

TEST(BenchDialogue, AloneItMustBeItsOwn) {
  LastwordDialogue one = dialogue(Ending::lf, true);
  const std::string first = request(one, {0, 0});
  request(one, {0, 1});
  EXPECT_EQ(one.judge({0, 1}, 0, first, true).kind, ErrorKind::wrong_answer);
}

struct Wrong {
  const char* name;
  std::string answer;
  ErrorKind kind;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.name; }

class BenchWrongAnswers : public testing::TestWithParam<Wrong> {};

TEST_P(BenchWrongAnswers, AreToldApart) {
  const Judgement judgement = judged(GetParam().answer);
  EXPECT_EQ(judgement.state, State::wrong);
  EXPECT_EQ(name_of(judgement.kind), name_of(GetParam().kind));
  EXPECT_FALSE(judgement.why.empty());
}

std::string own() {
  LastwordDialogue one = dialogue();
  std::string message = request(one, {0, 0});
  message.pop_back();
  return message;
}

INSTANTIATE_TEST_SUITE_P(
    Spec4_3, BenchWrongAnswers,
    testing::Values(Wrong{"no_ending", own(), ErrorKind::wrong_ending},
                    Wrong{"nul", own() + '\0', ErrorKind::wrong_ending},
                    Wrong{"crlf", own() + "\r\n", ErrorKind::wrong_ending},
                    Wrong{"more_behind", own() + "\n" + own() + "\n", ErrorKind::wrong_ending},
                    Wrong{"torn", own().substr(0, 9) + "zzzzzzz\n", ErrorKind::torn},
                    Wrong{"cut", own().substr(0, 15) + "\n", ErrorKind::torn},
                    Wrong{"foreign", "writer1\n", ErrorKind::foreign},
                    Wrong{"refused", std::string(line_of(Refusal::stopping)), ErrorKind::refused}),
    [](const auto& row) { return row.param.name; });

TEST(BenchDialogue, EndlessAnswersAreCutShort) {
  EXPECT_EQ(judged(std::string(1000, '0'), false).kind, ErrorKind::wrong_ending);
}

}  // namespace
}  // namespace lastword
