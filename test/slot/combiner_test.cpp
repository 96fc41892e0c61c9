// The combiner alone: who is answered by which call, and under torture whether it is one register.

#include "slot/combiner.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iostream>

#include "history/verdict.h"
#include "slot/simulated_register.h"

namespace lastword::test {
namespace {

struct Call final : Completion {
  explicit Call(const std::string& text = "") {
    if (!text.empty()) access.message = *Message::from(text);
  }
  void set() noexcept override { ++times; }
  bool is_done() const { return times == 1; }

  int times = 0;
  Access access{*this, nullptr, {}, {}};
};

TEST(Spec3_4_Combiner, OnePutServesAllTheStoresThatWaitedAndCarriesTheLast) {
  Combiner combiner;
  Call first("first"), second("second"), third("third");
  combiner.store(first.access);
  EXPECT_EQ(combiner.begin_put().text(), "first");
  combiner.store(second.access);
  combiner.store(third.access);
  EXPECT_FALSE(combiner.wants_put()) << "one put at a time";
  combiner.end_put(std::nullopt);
  EXPECT_TRUE(first.is_done());
  EXPECT_FALSE(second.is_done() || third.is_done()) << "their put is yet to be sent";
  ASSERT_TRUE(combiner.wants_put());
  EXPECT_EQ(combiner.begin_put().text(), "third");
  combiner.end_put(std::nullopt);
  EXPECT_TRUE(second.is_done() && third.is_done());
  EXPECT_FALSE(second.access.refusal || third.access.refusal);
  EXPECT_FALSE(combiner.wants_put());
}

TEST(Spec3_4_Combiner, ALoadIsAnsweredOnlyByAReadSentAfterItBegan) {
  Combiner combiner;
  Call early, late;
  combiner.load(early.access);
  combiner.begin_read();
  combiner.load(late.access);
  EXPECT_FALSE(combiner.wants_read()) << "one read at a time";
  combiner.end_read(Message::from("old"));
  EXPECT_EQ(early.access.message.text(), "old");
  EXPECT_FALSE(late.is_done());
  combiner.begin_read();
  combiner.end_read(Message::from("new"));
  EXPECT_EQ(late.access.message.text(), "new");
}

TEST(Spec5_4_Combiner, APutThatFailsSaysTheSameToAllItsStores) {
  for (const Refusal why : {Refusal::not_stored, Refusal::unknown}) {
    Combiner combiner;
    Call first("first"), second("second"), load;
    combiner.store(first.access);
    combiner.store(second.access);
    combiner.load(load.access);
    combiner.begin_put();
    combiner.end_put(why);
    EXPECT_EQ(first.access.refusal, why);
    EXPECT_EQ(second.access.refusal, why);
    combiner.begin_read();
    combiner.end_read(std::nullopt);
    EXPECT_EQ(load.access.refusal, Refusal::unread);
  }
}

TEST(Spec5_3_Combiner, WhatIsGivenUpIsSaidAsFarAsItIsKnownAndNotTouchedAnyMore) {
  Combiner combiner;
  Call in_flight("a"), waiting("b"), stays("c"), load;
  combiner.store(in_flight.access);
  combiner.begin_put();
  combiner.store(stays.access);
  combiner.store(waiting.access);
  combiner.load(load.access);
  for (Call* call : {&in_flight, &waiting, &load}) combiner.give_up(call->access);
  EXPECT_EQ(in_flight.access.refusal, Refusal::unknown);
  EXPECT_EQ(waiting.access.refusal, Refusal::not_stored);
  EXPECT_EQ(load.access.refusal, Refusal::unread);
  combiner.end_put(std::nullopt);
  EXPECT_EQ(combiner.begin_put().text(), "c") << "what was given up is never put";
  combiner.end_put(std::nullopt);
  EXPECT_EQ(in_flight.times + waiting.times + load.times, 0);
  EXPECT_TRUE(stays.is_done());
  EXPECT_FALSE(combiner.wants_read());
}

/// Thousands of worlds, unless the environment asks for more.
const int more_cases = setenv("RC_PARAMS", "max_success=10000", 0);

RC_GTEST_PROP(Spec3_4_CombinerProperty, IsOneRegisterWhateverTheCallsDo, ()) {
  Simulation simulation;
  simulation.seed = *rc::gen::arbitrary<std::uint32_t>();
  simulation.sessions = *rc::gen::inRange(1, 80);
  simulation.servers = *rc::gen::inRange(1, 4);
  const History history = history_of(simulation);
  const Verdict verdict = judge(history);
  const bool is_judged =
      std::any_of(history.sessions.begin(), history.sessions.end(),
                  [](const SessionRecord& session) { return session.outcome == Outcome::replied; });
  if (is_judged && verdict.decision != Decision::linearizable) RC_FAIL(verdict.reason);
}

TEST(Spec3_4_CombinerProperty, TheSimulationHasEveryOutcome) {
  std::size_t replied = 0, others = 0, refused = 0, unknown = 0;
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    for (const SessionRecord& session : history_of({seed, 60, 2, Flaw::none}).sessions) {
      replied += session.outcome == Outcome::replied;
      refused += session.outcome == Outcome::refused;
      unknown += session.outcome == Outcome::unknown;
      others += session.outcome == Outcome::replied && session.reply != session.message;
    }
  }
  std::cout << replied << " replied, " << others << " of them with another's words, " << refused
            << " refused, " << unknown << " unknown\n";
  EXPECT_GT(others, 500u);
  EXPECT_GT(replied - others, 50u);
  EXPECT_GT(refused, 50u);
  EXPECT_GT(unknown, 50u);
}

class Spec3_4_CombinerFlaws : public testing::TestWithParam<Flaw> {};

TEST_P(Spec3_4_CombinerFlaws, AreCaught) {
  std::size_t sessions = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    const History history = history_of({seed, 60, 2, GetParam()});
    sessions += history.sessions.size();
    const Verdict verdict = judge(history);
    ASSERT_NE(verdict.decision, Decision::inconclusive) << verdict.reason;
    if (verdict.decision == Decision::linearizable) continue;
    std::cout << name_of(GetParam()) << " is caught in world " << seed << ", within " << sessions
              << " sessions: " << verdict.reason << "\n";
    return;
  }
  FAIL() << name_of(GetParam()) << " was not caught within " << sessions << " sessions";
}

INSTANTIATE_TEST_SUITE_P(All, Spec3_4_CombinerFlaws,
                         testing::Values(Flaw::put_not_awaited, Flaw::joins_put, Flaw::joins_read,
                                         Flaw::serializable_read, Flaw::repeats_put),
                         [](const auto& flaw) { return name_of(flaw.param); });

}  // namespace
}  // namespace lastword::test
