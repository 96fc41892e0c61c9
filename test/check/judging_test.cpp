#include "check/judging.h"

#include <gtest/gtest.h>

#include <csignal>
#include <set>

namespace lastword {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const Clock::time_point began = Clock::time_point(1000s);

Played writer(const std::string& name, const std::string& message, Clock::duration sent,
              Clock::duration came, const std::string& reply) {
  Played played;
  played.script.name = name;
  played.script.message = message;
  played.script.pieces = {{message, 0ns}};
  played.connected = played.sent = began + sent;
  played.ended = began + came;
  played.end = Played::End::closed;
  if (!reply.empty()) played.segments = {{began + came, reply}};
  return played;
}

RunSight sight_of(std::vector<Played> writers) {
  RunSight sight;
  sight.began = began;
  sight.with_process = true;
  sight.writers = std::move(writers);
  return sight;
}

/// The judgement of the case `id` on what is given.
Judgement judged(std::string_view id, const RunSight& sight) {
  for (const Case& one : all_cases()) {
    if (one.id == id) return one.judge(CheckSettings{}, sight);
  }
  ADD_FAILURE() << "no case " << id;
  return {};
}

using Kind = Judgement::Kind;

/// The course's writers: one alone, then two that overlap.
RunSight course(const std::string& first, const std::string& second, const std::string& third) {
  return sight_of({writer("writer 1", "w1-nineteen-letters", 0s, 2010ms, first),
                   writer("writer 2", "w2-eleven-l", 2100ms, 4110ms, second),
                   writer("writer 3", "w3-six", 2800ms, 4810ms, third)});
}

TEST(Spec4_3_Judging, SaysWhatFollowsTheMessage) {
  const auto padded = course("w1-nineteen-letters", "w3-six\0\0\0"s, "w3-six");
  EXPECT_EQ(judged("4.3/exact", padded).kind, Kind::holds);
  EXPECT_EQ(judged("4.3/no-padding", padded).kind, Kind::broken);
  const auto newline = course("w1-nineteen-letters\n", "w3-six\n", "w3-six\n");
  EXPECT_EQ(judged("4.3/exact", newline).kind, Kind::broken);
  const auto leaked = course("w1-nineteen-letters", "w3-six\0\x7f\x01secret"s, "w3-six");
  EXPECT_EQ(judged("4.3/exact", leaked).kind, Kind::broken);
  EXPECT_NE(judged("4.3/exact", leaked).actual.find("73 65 63 72 65 74"), std::string::npos);
}

TEST(Spec3_1_Judging, TellsAnOldTailFromALeak) {
  const auto tail = course("w1-nineteen-letters", "w3-six\0teen-letters"s, "w3-six");
  EXPECT_EQ(judged("3.1/no-old-tail", tail).kind, Kind::broken);
  EXPECT_EQ(judged("4.3/exact", tail).kind, Kind::holds);
}

TEST(Spec2_3_Judging, SaysThatAMessageWasCut) {
  EXPECT_EQ(judged("2.3/nineteen", course("w1-nineteen-letter", "w3-six", "w3-six")).kind,
            Kind::broken);
  EXPECT_EQ(judged("2.3/nineteen", course("w1-nineteen-letters", "w3-six", "w3-six")).kind,
            Kind::holds);
}

TEST(Spec4_1_Judging, ALaterWritersWordsAreAccessScope) {
  const auto sight = course("w1-nineteen-letters", "w3-six", "w3-six");
  EXPECT_EQ(judged("4.1/loaded-then", sight).kind, Kind::holds);
  EXPECT_EQ(measured_scope(CheckSettings{}, sight).scope, MeasuredScope::access);
}

TEST(Spec4_1_Judging, ItsOwnWordsAreRememberedWhereNobodyWaited) {
  const auto sight = course("w1-nineteen-letters", "w2-eleven-l", "w3-six");
  EXPECT_EQ(judged("4.1/loaded-then", sight).kind, Kind::broken);
  EXPECT_EQ(measured_scope(CheckSettings{}, sight).scope, MeasuredScope::neither);
}

TEST(Spec3_3_Judging, ItsOwnWordsAreSessionScopeWhereTheNextWaited) {
  auto sight = course("w1-nineteen-letters", "w2-eleven-l", "w3-six");
  sight.writers[2].segments[0].time = began + 6120ms;
  EXPECT_EQ(judged("4.1/loaded-then", sight).kind, Kind::holds);
  EXPECT_EQ(measured_scope(CheckSettings{}, sight).scope, MeasuredScope::session);
}

TEST(Spec4_1_Judging, AReplyBeforeTheHoldIsEarly) {
  auto sight = course("w1-nineteen-letters", "w3-six", "w3-six");
  sight.writers[0].segments[0].time = began + 1500ms;
  EXPECT_EQ(judged("4.1/not-early", sight).kind, Kind::broken);
}

TEST(Spec4_2_Judging, FindsTheReplyThatWentToAnother) {
  auto sight = course("w1-nineteen-letters", "", "w3-sixw3-six");
  EXPECT_EQ(judged("4.2/course", sight).kind, Kind::broken);
  // Writer 3 was answered when writer 2's reply was due, and writer 2 not at all.
  sight = course("w1-nineteen-letters", "", "w3-six");
  sight.writers[2].segments[0].time = began + 4110ms;
  EXPECT_EQ(judged("4.2/course", sight).kind, Kind::broken);
  EXPECT_EQ(judged("4.1/not-early", sight).kind, Kind::unclear);
}

TEST(Spec1_4_Judging, AnEarlyExitIsNotTakenForALostReply) {
  auto sight = course("w1-nineteen-letters", "", "");
  sight.end = ProcessEnd{began + 2900ms, 0, 0};
  EXPECT_EQ(judged("4.2/course", sight).kind, Kind::unclear);
  EXPECT_EQ(judged("1.4/finishes", sight).kind, Kind::broken);
}

TEST(Spec3_4_Judging, TheHistoryRefutesALostStore) {
  EXPECT_EQ(judged("3.4/course", course("w1-nineteen-letters", "w3-six", "w3-six")).kind,
            Kind::holds);
  const auto sight = course("w1-nineteen-letters", "w1-nineteen-letters", "w3-six");
  EXPECT_EQ(judged("3.4/course", sight).kind, Kind::broken);
}

TEST(Spec5_3_Judging, SigpipeIsNamed) {
  auto sight = course("w1-nineteen-letters", "w2-eleven-l", "");
  sight.end = ProcessEnd{began + 4s, 0, SIGPIPE};
  EXPECT_EQ(judged("5.3/sigpipe", sight).kind, Kind::broken);
  EXPECT_EQ(judged("5.1/vanished", sight).kind, Kind::unclear);
}

TEST(Check_Judging, EveryCaseHasAPlaceAndADistinctName) {
  std::set<std::string_view> ids;
  for (const Case& one : all_cases()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_FALSE(section_title(one.rule()).empty());
    EXPECT_FALSE(one.requirement.empty());
  }
}

}  // namespace
}  // namespace lastword
