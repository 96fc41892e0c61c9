#include "history/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "history/sessions.h"

namespace lastword {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The first finding of a history that must be refuted.
Finding refutation_of(const History& history) {
  const Verdict verdict = judge(history);
  EXPECT_EQ(verdict.decision, Decision::not_linearizable) << verdict.reason;
  if (verdict.findings.empty()) {
    ADD_FAILURE() << "no finding";
    return {};
  }
  EXPECT_EQ(verdict.reason, verdict.findings.front().sentence);
  EXPECT_TRUE(breaks(verdict, verdict.findings.front().rule));
  return verdict.findings.front();
}

TEST(Spec3_4_Verdict, OverlappingWritersThatAgreeOnTheLastWordAreFine) {
  const Verdict verdict = judge(history_of({replied(1, "writer1", 0, 2040, "writer3"),
                                            replied(2, "writer2", 500, 2540, "writer3"),
                                            replied(3, "writer3", 900, 2940, "writer3")}));
  EXPECT_EQ(verdict.decision, Decision::linearizable) << verdict.reason;
  EXPECT_EQ(verdict.reason, "one atomic register explains all 3 replies");
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_EQ(verdict.sessions, 3U);
  EXPECT_EQ(verdict.operations, 6U);
}

TEST(Spec3_4_Verdict, AnEchoIsRefutedOnlyBecauseOfTheHold) {
  // Each got its own words though the other's had replaced one of them: the server remembers.
  const std::vector<SessionRecord> sessions{replied(1, "a", 0, 2010, "a"),
                                            replied(2, "b", 500, 2520, "b")};
  const Finding finding = refutation_of(history_of(sessions));
  EXPECT_EQ(finding.kind, FindingKind::stale_read);
  EXPECT_EQ(finding.rule, "3.4");
  EXPECT_THAT(finding.sessions, ElementsAre(1, 2));
  EXPECT_EQ(finding.at_ns, 2010 * ms);
  EXPECT_EQ(finding.sentence,
            "writer 1 was sent its own 'a' at 2.010 s (loaded no earlier than 2.000 s), though 'b' "
            "had replaced it by 0.520 s and nobody stored 'a' again");
  EXPECT_EQ(judge(history_of(sessions, 0)).decision, Decision::linearizable);
}

TEST(Spec3_4_Verdict, NamesTheOneThatReplacedAndTheOneThatWasMisled) {
  const Finding finding = refutation_of(
      history_of({replied(10, "b", 0, 2010, "c"), replied(11, "c", 1000, 3310, "d"),
                  replied(12, "d", 1400, 3404, "b"), replied(13, "e", 9000, 11'100, "e")}));
  EXPECT_EQ(finding.kind, FindingKind::own_value_lost);
  EXPECT_THAT(finding.sessions, ElementsAre(12, 10));
  EXPECT_EQ(
      finding.sentence,
      "writer 12 was sent 'b' at 3.404 s (loaded no earlier than 3.400 s), though its own 'd' "
      "had replaced it by 1.404 s and nobody stored 'b' again");
}

TEST(Spec3_4_Verdict, AStaleReadByAThirdWriterTakesThree) {
  // Writer 3's own message may have come before 'a', so only 'a' and 'b' contradict.
  const Finding finding =
      refutation_of(history_of({replied(1, "a", 100, 2110, "b"), replied(2, "b", 500, 2510, "b"),
                                replied(3, "c", 105, 2120, "a")}));
  EXPECT_EQ(finding.kind, FindingKind::stale_read);
  EXPECT_THAT(finding.sessions, ElementsAre(3, 1, 2));
}

TEST(Spec3_4_Verdict, TwoThatOverlapAndBothGetTheirOwnWordsBack) {
  const Finding finding =
      refutation_of(history_of({replied(1, "a", 0, 2050, "a"), replied(2, "b", 1, 2051, "b")}));
  EXPECT_EQ(finding.kind, FindingKind::stale_read);
  EXPECT_THAT(finding.sessions, ElementsAre(1, 2));
  EXPECT_EQ(
      finding.sentence,
      "writer 1 was sent its own 'a' at 2.050 s (loaded no earlier than 2.000 s), and writer 2 "
      "was sent its own 'b' at 2.051 s (loaded no earlier than 2.001 s), though both had been "
      "stored by 0.051 s: whichever came first had been replaced, and nobody stored it again");
}

TEST(Spec3_4_Verdict, AnUpdateLostToTheFirstContent) {
  const Finding finding = refutation_of(history_of({replied(1, "a", 0, 2010, "")}));
  EXPECT_EQ(finding.kind, FindingKind::own_value_lost);
  EXPECT_THAT(finding.sessions, ElementsAre(1));
  EXPECT_EQ(finding.sentence,
            "writer 1 was sent the empty message, which the slot held at first, at 2.010 s, though "
            "its own 'a' had replaced that by 0.010 s");
}

TEST(Spec3_4_Verdict, AnotherFirstContentCanBeDeclared) {
  History history = history_of({replied(1, "a", 0, 2010, "before")});
  EXPECT_EQ(refutation_of(history).kind, FindingKind::invented_value);
  history.initial = "before";
  EXPECT_EQ(refutation_of(history).kind, FindingKind::own_value_lost);
}

TEST(Spec3_3_Verdict, SessionsInTurnAreFine) {
  const Verdict verdict =
      judge(history_of({replied(1, "a", 0, 2005, "a"), replied(2, "b", 1, 4010, "b"),
                        replied(3, "c", 2, 6015, "c")}));
  EXPECT_EQ(verdict.decision, Decision::linearizable) << verdict.reason;
}

TEST(Spec3_3_Verdict, SessionsThatSwapAreRefutedByTheirOwnOrder) {
  // Both waited so long that their intervals leave every order open; but each stored its own before
  // it was sent the other's.
  const Finding finding =
      refutation_of(history_of({replied(1, "a", 0, 6000, "b"), replied(2, "b", 0, 6000, "a")}));
  EXPECT_EQ(finding.kind, FindingKind::order_conflict);
  EXPECT_THAT(finding.sessions, testing::UnorderedElementsAre(1, 2));
  EXPECT_THAT(finding.sentence,
              testing::HasSubstr("writer 1 stored the one and then was sent the other"));
}

TEST(Spec3_1_Verdict, AnInventedValueRefutesAlone) {
  const Finding finding = refutation_of(
      history_of({replied(1, "abc", 0, 2010, "xyz\x01\n<"), replied(2, "def", 3000, 5010, "def")}));
  EXPECT_EQ(finding.kind, FindingKind::invented_value);
  EXPECT_EQ(finding.rule, "3.1");
  EXPECT_THAT(finding.sessions, ElementsAre(1));
  EXPECT_EQ(finding.sentence, "writer 1 was sent 'xyz\\x01\\n<' at 2.010 s, which nobody had sent");
}

TEST(Spec3_1_Verdict, AMixtureIsSaidToLookLikeOne) {
  const Finding finding = refutation_of(history_of(
      {replied(1, "aaaaaaaa", 0, 2010, "aaaabbbb"), replied(2, "bbbbbbbb", 5, 2020, "bbbbbbbb")}));
  EXPECT_EQ(finding.kind, FindingKind::torn_mixture);
  EXPECT_EQ(finding.rule, "3.1");
  EXPECT_THAT(finding.sessions, ElementsAre(1, 2));
  EXPECT_THAT(
      finding.sentence,
      testing::EndsWith("it looks like a mixture: the begin 'aaaa' of 'aaaaaaaa' and the end "
                        "of 'bbbbbbbb'"));
}

TEST(Spec3_1_Verdict, AStaleTailIsAMixtureToo) {
  const Finding finding =
      refutation_of(history_of({replied(1, "a long old message", 0, 2010, "a long old message"),
                                replied(2, "new", 3000, 5010, "newong old message")}));
  EXPECT_EQ(finding.kind, FindingKind::torn_mixture);
  EXPECT_THAT(finding.sessions, ElementsAre(2, 1));
}

TEST(Spec3_1_Verdict, AMessageCutShortOrWithBytesAddedIsSaidToLookLikeIt) {
  const auto told = [](const std::string& reply) {
    return refutation_of(history_of({replied(1, "writer10", 0, 2010, "writer10"),
                                     replied(2, "writer1", 2100, 4110, reply)}))
        .sentence;
  };
  EXPECT_THAT(told("writ"),
              testing::EndsWith("nobody had sent; it looks like the begin of 'writer10'"));
  EXPECT_THAT(told(std::string("writer1\0\0", 9)),
              testing::EndsWith("nobody had sent; it looks like 'writer1' and 2 bytes more"));
  EXPECT_THAT(told("writXYZ"), testing::EndsWith("nobody had sent"));
}

TEST(Spec3_1_Verdict, AMessageReadBeforeItWasSent) {
  const Finding finding =
      refutation_of(history_of({replied(1, "a", 0, 2010, "b"), replied(2, "b", 3000, 5010, "b")}));
  EXPECT_EQ(finding.kind, FindingKind::read_before_write);
  EXPECT_THAT(finding.sessions, ElementsAre(1, 2));
  EXPECT_EQ(finding.sentence,
            "writer 1 was sent 'b' at 2.010 s, before writer 2 sent it at 3.000 s");
}

TEST(Spec2_3_Verdict, ARefusedMessageMustNotTurnUp) {
  const Finding finding = refutation_of(
      history_of({replied(1, "a", 0, 2010, "b"), without_reply(2, "b", 10, 20, Outcome::refused)}));
  EXPECT_EQ(finding.kind, FindingKind::refused_value);
  EXPECT_EQ(finding.rule, "2.3");
  EXPECT_THAT(finding.sessions, ElementsAre(1, 2));
}

TEST(Spec5_4_Verdict, AnUnknownMessageMayTurnUpOrNot) {
  const SessionRecord lost = without_reply(2, "b", 10, 20, Outcome::unknown);
  for (const char* reply : {"a", "b"}) {
    const Verdict verdict = judge(history_of({replied(1, "a", 0, 2010, reply), lost}));
    EXPECT_EQ(verdict.decision, Decision::linearizable) << reply << ": " << verdict.reason;
  }
  // Once it has been read, it did happen, and then it can be replaced like any other.
  EXPECT_EQ(refutation_of(
                history_of({replied(1, "a", 0, 2010, "b"), lost, replied(3, "c", 3000, 5010, "c"),
                            replied(4, "d", 4990, 7000, "b")}))
                .kind,
            FindingKind::own_value_lost);
}

TEST(Spec4_1_Verdict, AnEarlyReplyIsAFindingOfItsOwnRule) {
  const Verdict verdict = judge(history_of({replied(1, "a", 0, 150, "a")}));
  ASSERT_THAT(verdict.findings, SizeIs(1));
  EXPECT_EQ(verdict.findings[0].kind, FindingKind::early_reply);
  EXPECT_EQ(
      verdict.findings[0].sentence,
      "writer 1 was sent 'a' at 0.150 s, 150 ms after it sent its message, though the hold is "
      "2000 ms");
  EXPECT_TRUE(breaks(verdict, "4.1"));
  EXPECT_FALSE(breaks(verdict, "3.4"));
}

TEST(Spec4_1_Verdict, BrokenRulesAreKnownBeyondTheFindingsShown) {
  std::vector<SessionRecord> sessions;
  for (int number = 0; number < 50; ++number) {
    const std::string message = "m" + std::to_string(number);
    sessions.push_back(replied(number, message, number * 3000, number * 3000 + 100, message));
  }
  sessions.push_back(replied(99, "lost", 900'000, 902'010, "m3"));
  const Verdict verdict = judge(history_of(sessions));
  EXPECT_GE(verdict.finding_count, 51U);
  EXPECT_THAT(verdict.findings, SizeIs(Verdict::most_findings));
  EXPECT_TRUE(breaks(verdict, "4.1"));
  EXPECT_TRUE(breaks(verdict, "3.4"));
}

TEST(Spec3_4_Verdict, DuplicatesAreNeverGuessedAbout) {
  const std::vector<SessionRecord> sessions{replied(1, "a", 0, 2010, "a"),
                                            replied(2, "a", 3000, 5010, "a")};
  const Verdict verdict = judge(history_of(sessions));
  EXPECT_EQ(verdict.decision, Decision::inconclusive);
  EXPECT_EQ(
      verdict.reason,
      "writers 1 and 2 both sent 'a': a reply can't tell whose it is, and only unique messages "
      "can be decided");
  std::vector<SessionRecord> worse = sessions;
  worse.push_back(replied(3, "b", 6000, 8010, "z"));  // nobody's, however the others are taken
  EXPECT_EQ(refutation_of(history_of(worse)).kind, FindingKind::invented_value);
}

TEST(Spec3_4_Verdict, WithoutRepliesThereIsNothingToJudge) {
  EXPECT_EQ(judge(history_of({})).decision, Decision::inconclusive);
  EXPECT_EQ(judge(history_of({without_reply(1, "a", 0, 5, Outcome::unknown)})).decision,
            Decision::inconclusive);
}

TEST(Spec3_4_Verdict, TimesCountFromTheFirstOfTheHistory) {
  History history = history_of({replied(1, "a", 1'000'000, 1'002'010, "b")});
  EXPECT_EQ(origin_of(history), 1'000'000 * ms);
  EXPECT_THAT(refutation_of(history).sentence, testing::HasSubstr("at 2.010 s"));
  EXPECT_EQ(origin_of(history_of({})), 0);
}

TEST(Spec3_4_Verdict, AShortHoldIsToldInMicroseconds) {
  const Finding finding =
      refutation_of(history_of({replied(1, "a", 0, 6, "a"), replied(2, "b", 20, 26, "a")}, 5));
  EXPECT_THAT(finding.sentence, testing::HasSubstr("at 0.026000 s"));
}

}  // namespace
}  // namespace lastword
