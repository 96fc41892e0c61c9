#include "check/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "check/json_report.h"
#include "check/junit_report.h"
#include "check/outside.h"
#include "check/printable.h"
#include "check/sample_report.h"
#include "support/process.h"

namespace lastword {
namespace {

struct Exit {
  const char* name;
  std::vector<CaseOutcome> outcomes;
  bool strict;
  bool interrupted;
  int code;
};
class ReportExit : public testing::TestWithParam<Exit> {};

TEST_P(ReportExit, SaysWhatTheCasesSay) {
  CheckReport report;
  report.options.strict = GetParam().strict;
  report.interrupted = GetParam().interrupted;
  for (const CaseOutcome outcome : GetParam().outcomes) {
    report.cases.push_back(case_result("1.1", "Connecting", "x", outcome));
  }
  EXPECT_EQ(exit_code_of(report), GetParam().code);
}

constexpr auto pass = CaseOutcome::pass;
constexpr auto fail = CaseOutcome::fail;
constexpr auto warn = CaseOutcome::warn;
constexpr auto skipped = CaseOutcome::skipped;
constexpr auto inconclusive = CaseOutcome::inconclusive;
constexpr auto untested = CaseOutcome::could_not_test;

INSTANTIATE_TEST_SUITE_P(
    Report, ReportExit,
    testing::Values(Exit{"all_pass", {pass, pass}, false, false, 0},
                    Exit{"skipped_changes_nothing", {pass, skipped}, false, false, 0},
                    Exit{"a_warning_is_no_failure", {pass, warn}, false, false, 0},
                    Exit{"but_when_strict", {pass, warn}, true, false, 1},
                    Exit{"one_fails", {pass, fail, untested, inconclusive}, false, false, 1},
                    Exit{"one_untested", {pass, untested, inconclusive}, false, false, 3},
                    Exit{"one_inconclusive", {pass, inconclusive}, false, false, 4},
                    Exit{"nothing_ran", {}, false, false, 3},
                    Exit{"all_skipped", {skipped}, false, false, 3},
                    Exit{"interrupted", {pass, fail}, false, true, 130}),
    [](const auto& row) { return row.param.name; });

TEST(Report, SummaryLeavesOutWhatIsNot) {
  EXPECT_EQ(summary_of(tally_of(sample_report())),
            "1 passed, 1 failed, 1 warning, 1 skipped, 1 inconclusive, 1 could not be tested");
  EXPECT_EQ(summary_of(Tally{}), "0 passed");
}

TEST(Printable, KeepsTextAndShowsTheRest) {
  EXPECT_EQ(printable("plain 'text' \\x00 \"as it was\"\nnext line"),
            "plain 'text' \\x00 \"as it was\"\nnext line");
  EXPECT_EQ(printable("gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x99\x82"),
            "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x99\x82");
  EXPECT_EQ(printable("\x1b[2J\t\r\x00\x7f"s), "\\x1b[2J\\x09\\x0d\\x00\\x7f");
  EXPECT_EQ(printable("\xff\xc0\x80\xed\xa0\x80\xf5 \xe2\x82"),
            "\\xff\\xc0\\x80\\xed\\xa0\\x80\\xf5 \\xe2\\x82");
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x80\x8b\xef\xbb\xbf\xef\xbf\xbf"),
            "a\\xe2\\x80\\xae"
            "b\\xe2\\x80\\x8b\\xef\\xbb\\xbf\\xef\\xbf\\xbf");
  EXPECT_EQ(marked_up("<a href=\"x\" b='y'>&"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
}

TEST(JsonReport, HasAllThatWasFound) {
  const auto document = nlohmann::json::parse(json_report(sample_report()));
  EXPECT_EQ(document["lastword_report"], 1);
  EXPECT_EQ(document["exit_code"], 1);
  EXPECT_EQ(document["headline"], "Not every MUST holds");
  EXPECT_EQ(document["started"], "2022-03-24T17:00:00Z");
  EXPECT_EQ(document["tally"]["could not test"], 1);
  EXPECT_EQ(document["options"]["hold_seconds"], 2.0);
  EXPECT_EQ(document["scope"]["measured"], "access");
  ASSERT_EQ(document["cases"].size(), 6U);
  const auto& failed = document["cases"][3];
  EXPECT_EQ(failed["outcome"], "fail");
  EXPECT_EQ(failed["level"], "MUST");
  EXPECT_EQ(failed["evidence"][1], "second");
  EXPECT_EQ(failed["actual"], printable(sample_report().cases[3].actual));
  ASSERT_EQ(document["histories"].size(), 2U);
  EXPECT_EQ(document["histories"][0]["decision"], "not linearizable");
  EXPECT_EQ(document["histories"][0]["findings"][0]["kind"], "invented value");
  EXPECT_EQ(document["histories"][1]["decision"], "linearizable");
}

TEST(JsonReport, CarriesNoByteThatSteersATerminal) {
  for (const char c : json_report(sample_report())) {
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  }
}

TEST(JunitReport, CountsFailuresErrorsAndSkips) {
  const std::string xml = junit_report(sample_report());
  EXPECT_EQ(count_of("<testsuite name=", xml), 4U);
  EXPECT_EQ(count_of("<testcase ", xml), 6U);
  EXPECT_EQ(count_of("<failure ", xml), 1U);
  EXPECT_EQ(count_of("<error ", xml), 2U);
  EXPECT_EQ(count_of("<skipped ", xml), 1U);
  EXPECT_NE(xml.find("tests=\"6\" failures=\"1\" errors=\"2\""), xml.npos);
  CheckReport strict = sample_report();
  strict.options.strict = true;
  EXPECT_EQ(count_of("<failure ", junit_report(strict)), 2U);
}

TEST(JunitReport, FitsTheSchema) {
  if (!has_program("xmllint")) GTEST_SKIP() << "xmllint is missing (package libxml2-utils)";
  const test::TemporaryFolder scratch;
  CheckReport interrupted = sample_report();
  interrupted.interrupted = true;
  for (const CheckReport& report : {sample_report(), interrupted, CheckReport{}}) {
    const std::string file = scratch.file("report.xml");
    test::write_file(file, junit_report(report));
    const Ran ran = run("xmllint --noout --schema '" LASTWORD_JUNIT_SCHEMA "' '" + file + "' 2>&1");
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
  }
  // The schema does refuse: a test that can't fail shows nothing.
  const std::string broken = scratch.file("broken.xml");
  test::write_file(broken, "<testsuites><testcase/></testsuites>");
  EXPECT_NE(
      run("xmllint --noout --schema '" LASTWORD_JUNIT_SCHEMA "' '" + broken + "' 2>&1").exit_code,
      0);
}

TEST(JunitReport, GivesHostileTextBackAsText) {
  if (!has_program("xmllint")) GTEST_SKIP() << "xmllint is missing (package libxml2-utils)";
  const test::TemporaryFolder scratch;
  const std::string file = scratch.file("report.xml");
  test::write_file(file, junit_report(sample_report()));
  const Ran ran = run("xmllint --xpath 'string(//failure/@message)' '" + file + "'");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.output, printable("the reply has 2 bytes too many " + hostile) + "\n");
}

}  // namespace
}  // namespace lastword
