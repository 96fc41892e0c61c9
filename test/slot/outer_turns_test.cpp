// Turns whose front needs an outer lock, with a lock that does as it is told.

#include "slot/outer_turns.h"

#include <gtest/gtest.h>

#include <string>

namespace lastword {
namespace {

using Answer = OuterLock::Answer;

class FakeLock final : public OuterLock {
 public:
  Answer ask(OuterTurns&) noexcept override {
    events += 'a';
    return answer;
  }
  bool is_mine_alone() const noexcept override { return alone; }
  void release() noexcept override { events += 'r'; }

  Answer answer = Answer::later;
  bool alone = false;
  std::string events;  ///< 'a' for an ask, 'r' for a release
};

class Flag final : public Completion {
 public:
  void set() noexcept override { ++times; }
  int times = 0;
};

class Spec3_3_OuterTurns : public testing::Test {
 protected:
  FakeLock lock_;
  OuterTurns turns_{lock_};
  Flag first_, second_, third_;
};

TEST_F(Spec3_3_OuterTurns, TheFrontAsksAndTheOthersWait) {
  const auto first = turns_.enter(first_);
  const auto second = turns_.enter(second_);
  EXPECT_EQ(lock_.events, "a");
  EXPECT_EQ(first_.times, 0);
  turns_.answer(true);
  EXPECT_EQ(first_.times, 1);
  EXPECT_EQ(second_.times, 0);
  EXPECT_FALSE(first->refusal());
}

TEST_F(Spec3_3_OuterTurns, EachTurnAsksAnew) {
  lock_.answer = Answer::granted;
  auto first = turns_.enter(first_);
  auto second = turns_.enter(second_);
  auto third = turns_.enter(third_);
  EXPECT_EQ(first_.times, 1);
  first.reset();
  EXPECT_EQ(lock_.events, "ara") << "so that other processes can come between";
  EXPECT_EQ(second_.times, 1);
  EXPECT_EQ(third_.times, 0);
  second.reset();
  EXPECT_EQ(third_.times, 1);
  third.reset();
  EXPECT_EQ(lock_.events, "ararar");
  EXPECT_EQ(first_.times + second_.times + third_.times, 3) << "each is told once";
}

TEST_F(Spec3_3_OuterTurns, ALockThatNobodyElseWaitsForIsKept) {
  lock_.answer = Answer::granted;
  lock_.alone = true;
  auto first = turns_.enter(first_);
  auto second = turns_.enter(second_);
  first.reset();
  EXPECT_EQ(second_.times, 1);
  EXPECT_EQ(lock_.events, "a");
  second.reset();
  EXPECT_EQ(lock_.events, "ar") << "but not beyond the last turn";
}

TEST_F(Spec3_3_OuterTurns, WhoGivesUpNeitherAsksNorReleases) {
  lock_.answer = Answer::granted;
  const auto first = turns_.enter(first_);
  turns_.enter(second_).reset();
  EXPECT_EQ(lock_.events, "a");
  EXPECT_EQ(second_.times, 0);
}

TEST_F(Spec3_3_OuterTurns, AnAskThatTheFrontGaveUpServesTheNext) {
  auto first = turns_.enter(first_);
  const auto second = turns_.enter(second_);
  first.reset();
  turns_.answer(true);
  EXPECT_EQ(first_.times, 0);
  EXPECT_EQ(second_.times, 1);
  EXPECT_EQ(lock_.events, "a");
}

TEST_F(Spec3_3_OuterTurns, AnAskThatAllGaveUpIsReleasedAndTheNextAsksAgain) {
  turns_.enter(first_).reset();
  turns_.answer(true);
  EXPECT_EQ(lock_.events, "ar");
  const auto second = turns_.enter(second_);
  EXPECT_EQ(lock_.events, "ara");
}

TEST_F(Spec3_3_OuterTurns, ARefusedLockRefusesAllWhoWait) {
  auto first = turns_.enter(first_);
  const auto second = turns_.enter(second_);
  turns_.answer(false);
  EXPECT_EQ(first_.times, 1);
  EXPECT_EQ(second_.times, 1);
  EXPECT_EQ(first->refusal(), Refusal::not_stored);
  EXPECT_EQ(second->refusal(), Refusal::not_stored);

  lock_.answer = Answer::granted;
  const auto third = turns_.enter(third_);
  EXPECT_EQ(third_.times, 1);
  EXPECT_FALSE(third->refusal());
  first.reset();
  EXPECT_EQ(lock_.events, "aa") << "a refused session has no turn to give";
}

TEST_F(Spec3_3_OuterTurns, ALockThatIsRefusedAtOnceSaysSo) {
  lock_.answer = Answer::refused;
  const auto first = turns_.enter(first_);
  EXPECT_EQ(first_.times, 1);
  EXPECT_EQ(first->refusal(), Refusal::not_stored);
}

TEST_F(Spec3_3_OuterTurns, ALockLostBetweenTurnsRefusesTheNext) {
  lock_.answer = Answer::granted;
  auto first = turns_.enter(first_);
  const auto second = turns_.enter(second_);
  lock_.answer = Answer::refused;
  first.reset();
  EXPECT_EQ(second_.times, 1);
  EXPECT_EQ(second->refusal(), Refusal::not_stored);
}

}  // namespace
}  // namespace lastword
