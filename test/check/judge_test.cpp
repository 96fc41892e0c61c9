#include "check/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lastword {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

JudgeReport judged(const std::string& name) {
  return judge_file(LASTWORD_HISTORIES "/" + name + ".jsonl");
}

TEST(Spec3_4_Judge, GoodIsZero) {
  const JudgeReport report = judged("good_access");
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.output,
            "lastword-server, scope access, 12 writers over four holds\n"
            "linearizable: one atomic register explains all 12 replies\n"
            "judged 24 operations of 12 sessions, hold 0.2 s, slack 0.002 s\n");
  EXPECT_THAT(report.error, IsEmpty());
  EXPECT_EQ(report.history.sessions.size(), 12U);
}

TEST(Spec3_4_Judge, BadIsOneAndSaysWhy) {
  const JudgeReport report = judged("bad_drop");
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_EQ(
      report.output,
      "a server that drops its fourth store\n"
      "not linearizable: writer 2 was sent 'writer3' at 0.281747 s (loaded no earlier than "
      "0.279101 s), though 'writer4' had replaced it by 0.244305 s and nobody stored 'writer3' "
      "again\n"
      "judged 16 operations of 8 sessions, hold 0.2 s, slack 0.002 s\n"
      "1 finding:\n"
      "  stale read (rule 3.4): writer 2 was sent 'writer3' at 0.281747 s (loaded no earlier "
      "than 0.279101 s), though 'writer4' had replaced it by 0.244305 s and nobody stored "
      "'writer3' again\n");
}

TEST(Spec3_4_Judge, UndecidedIsFour) {
  const JudgeReport report = judged("inconclusive_same_message_twice");
  EXPECT_EQ(report.exit_code, 4);
  EXPECT_THAT(report.output, HasSubstr("\ninconclusive: writers 1 and 2 both sent 'writer1'"));
}

TEST(Spec3_4_Judge, UnreadableIsThree) {
  const JudgeReport report = judge_file("/nonexistent/\x1b[2J");
  EXPECT_EQ(report.exit_code, 3);
  EXPECT_THAT(report.output, IsEmpty());
  EXPECT_THAT(report.error, StartsWith("cannot judge /nonexistent/\\x1b[2J: "));
}

TEST(Spec3_4_Judge, ShowsNoByteOfAMessageAsItIs) {
  const JudgeReport report = judged("bad_invented");
  EXPECT_THAT(report.output, HasSubstr("'\\xe0\\x7fJU\\x10\\xfe\\x7f'"));
}

}  // namespace
}  // namespace lastword
