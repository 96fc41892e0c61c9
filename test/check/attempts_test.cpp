#include "check/attempts.h"

#include <gtest/gtest.h>

#include "check/judging.h"

namespace lastword {
namespace {

using namespace std::chrono_literals;

/// What the fake case says in each attempt.
std::vector<Judgement> script_of_attempts;
std::size_t judged = 0;

Judgement next_judgement(const CheckSettings&, const RunSight&) {
  return script_of_attempts.at(judged++);
}

CaseOutcome outcome_of(std::vector<Judgement> said, Level level = Level::must,
                       Clock::duration lag = 0ns, bool strict = false, int* attempts = nullptr) {
  script_of_attempts = std::move(said);
  judged = 0;
  CheckSettings settings;
  settings.command = {"server"};
  settings.strict = strict;
  const std::vector<Case> cases{{"2.1/fake", level, "a fake", "nothing", "course", next_judgement}};
  int played = 0;
  const auto attempt = [&](int) {
    ++played;
    RunSight sight;
    sight.with_process = true;
    sight.lag = lag;
    return sight;
  };
  const auto result = play_until_decided(
      settings, cases, attempt, [](const auto&) {}, true);
  if (attempts != nullptr) *attempts = played;
  return result.cases.at(0).outcome;
}

const Judgement proof = broken("a", "b", "wrong");
const Judgement impatience = broken_by_patience("a", "nothing", "too slow");

TEST(Check_Attempts, ProofNeedsNoSecondRun) {
  int attempts = 0;
  EXPECT_EQ(outcome_of({proof}, Level::must, 0ns, false, &attempts), CaseOutcome::fail);
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(outcome_of({proof}, Level::should), CaseOutcome::warn);
}

TEST(Check_Attempts, PatienceIsConfirmedBeforeItFailsAServer) {
  int attempts = 0;
  EXPECT_EQ(outcome_of({impatience, impatience}, Level::must, 0ns, false, &attempts),
            CaseOutcome::fail);
  EXPECT_EQ(attempts, 2);
}

TEST(Check_Attempts, WhatHappenedOnceInThreeRunsStaysOpen) {
  EXPECT_EQ(outcome_of({impatience, holds("b"), holds("b")}), CaseOutcome::inconclusive);
  EXPECT_EQ(outcome_of({impatience, holds("b"), impatience}), CaseOutcome::fail);
}

TEST(Check_Attempts, OnABusyMachinePatienceProvesNothing) {
  EXPECT_EQ(outcome_of({impatience, impatience, impatience}, Level::must, 10s),
            CaseOutcome::inconclusive);
  EXPECT_EQ(outcome_of({proof}, Level::must, 10s), CaseOutcome::fail);
}

TEST(Check_Attempts, WhatIsUnclearIsTriedAgain) {
  EXPECT_EQ(outcome_of({unclear("?"), holds("b")}), CaseOutcome::pass);
  EXPECT_EQ(outcome_of({unclear("?"), unclear("?"), unclear("?")}), CaseOutcome::inconclusive);
}

TEST(Check_Attempts, AnOpenShouldLeavesTheMustsDecided) {
  EXPECT_EQ(outcome_of({unclear("?")}, Level::should), CaseOutcome::skipped);
  EXPECT_EQ(outcome_of({unclear("?"), unclear("?"), unclear("?")}, Level::should, 0ns, true),
            CaseOutcome::inconclusive);
}

TEST(Check_Attempts, AServerThatDoesNotStartCouldNotBeTested) {
  CheckSettings settings;
  const std::vector<Case> cases{
      {"2.1/fake", Level::must, "a fake", "nothing", "course", next_judgement}};
  const auto attempt = [](int) {
    RunSight sight;
    sight.could_not_start = Error{"no such file"};
    return sight;
  };
  const auto result = play_until_decided(
      settings, cases, attempt, [](const auto&) {}, true);
  EXPECT_EQ(result.cases.at(0).outcome, CaseOutcome::could_not_test);
  EXPECT_EQ(result.cases.at(0).reason, "no such file");
}

}  // namespace
}  // namespace lastword
