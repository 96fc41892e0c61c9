#include "history/operations.h"

#include <gtest/gtest.h>

#include "history/sessions.h"

namespace lastword {
namespace {

TEST(Spec4_1_Operations, TheHoldNarrowsBothEnds) {
  const auto made = operations_of(history_of({replied(1, "a", 10, 2050, "a")})).sessions[0];
  EXPECT_EQ(made.write.begin_ns, 10 * ms);
  EXPECT_EQ(made.write.end_ns, 50 * ms);
  EXPECT_EQ(made.read.begin_ns, 2010 * ms);
  EXPECT_EQ(made.read.end_ns, 2050 * ms);
  EXPECT_EQ(made.value, 0U);
  EXPECT_TRUE(made.has_written && made.has_read && made.ordered);
  EXPECT_FALSE(made.early);
}

TEST(Spec4_1_Operations, SlackShortensTheHold) {
  History history = history_of({replied(1, "a", 0, 1990, "a")});
  history.slack_ns = 20 * ms;
  const auto made = operations_of(history).sessions[0];
  EXPECT_FALSE(made.early);
  EXPECT_EQ(made.write.end_ns, 10 * ms);
  EXPECT_EQ(made.read.begin_ns, 1980 * ms);
  history.slack_ns = 3000 * ms;  // more than the hold: there is none then, not a negative one
  EXPECT_EQ(operations_of(history).sessions[0].write.end_ns, 1990 * ms);
}

TEST(Spec4_1_Operations, AReplyBeforeTheHoldIsOverIsEarlyAndProvesNoOrder) {
  const auto made = operations_of(history_of({replied(1, "a", 0, 1999, "a")})).sessions[0];
  EXPECT_TRUE(made.early);
  EXPECT_FALSE(made.ordered);
  EXPECT_EQ(made.write.end_ns, 1999 * ms);
  EXPECT_EQ(made.read.begin_ns, 0);
}

TEST(Spec4_1_Operations, AReplyBeforeTheMessageBoundsOnlyTheRead) {
  const auto made = operations_of(history_of({replied(1, "a", 100, 50, "x")})).sessions[0];
  EXPECT_TRUE(made.early);
  EXPECT_EQ(made.write.begin_ns, 100 * ms);
  EXPECT_EQ(made.write.end_ns, never_ns);
  EXPECT_EQ(made.read.begin_ns, always_ns);
  EXPECT_EQ(made.read.end_ns, 50 * ms);
}

TEST(Spec5_4_Operations, AnUnknownOutcomeIsAWriteWithoutAnEnd) {
  const auto made =
      operations_of(history_of({without_reply(1, "a", 5, 9000, Outcome::unknown)})).sessions[0];
  EXPECT_TRUE(made.may_have_written);
  EXPECT_FALSE(made.has_written);
  EXPECT_FALSE(made.has_read);
  EXPECT_EQ(made.write.begin_ns, 5 * ms);
  EXPECT_EQ(made.write.end_ns, never_ns);
}

TEST(Spec2_3_Operations, ARefusalIsNoWriteAndNeitherIsSilence) {
  SessionRecord silent = without_reply(2, "b", 5, 9, Outcome::unknown);
  silent.sent_ns.reset();
  const auto made =
      operations_of(history_of({without_reply(1, "a", 5, 9, Outcome::refused), silent})).sessions;
  EXPECT_FALSE(made[0].may_have_written);
  EXPECT_FALSE(made[1].may_have_written);
}

TEST(Spec3_1_Operations, ARepliedMessageIsThatOfItsWriter) {
  const auto operations =
      operations_of(history_of({replied(1, "a", 0, 2100, "b"), replied(2, "b", 10, 2110, ""),
                                replied(3, "c", 20, 2120, "nobody's")}));
  EXPECT_EQ(operations.sessions[0].value, 1U);
  EXPECT_EQ(operations.sessions[1].value, initial_value);
  EXPECT_EQ(operations.sessions[2].value, nobodys_value);
  EXPECT_FALSE(operations.duplicate);
}

TEST(Spec3_1_Operations, DuplicatesAreFoundAmongThoseThatMayHaveWritten) {
  const auto twice = operations_of(
      history_of({replied(1, "a", 0, 2100, "a"), without_reply(2, "a", 1, 9, Outcome::unknown)}));
  ASSERT_TRUE(twice.duplicate);
  EXPECT_EQ(*twice.duplicate, std::pair(std::size_t{0}, std::size_t{1}));

  // Whichever of the two comes first in the file, the one that wrote is the writer.
  const auto refused = operations_of(
      history_of({without_reply(1, "a", 1, 9, Outcome::refused), replied(2, "a", 0, 2100, "a")}));
  EXPECT_FALSE(refused.duplicate);
  EXPECT_EQ(refused.sessions[1].value, 1U);
}

TEST(Spec4_1_Operations, TheLastByteStandsInForAFirstThatWasNotTimed) {
  SessionRecord session = replied(1, "a", 0, 2500, "a");
  session.first_byte_ns.reset();
  EXPECT_EQ(operations_of(history_of({session})).sessions[0].read.end_ns, 2500 * ms);
  session.last_byte_ns.reset();
  session.ended_ns = 2600 * ms;
  EXPECT_EQ(operations_of(history_of({session})).sessions[0].read.end_ns, 2600 * ms);
}

}  // namespace
}  // namespace lastword
