#pragma once

#include "check/report.h"
#include "history/sessions.h"

namespace lastword {

using namespace std::string_literals;

/// What a hostile server or writer would like a reader's browser, terminal or CI to swallow.
inline const std::string hostile =
    "<script>document.title='owned'</script>\"'&]]>\x1b[2J\xff\0\xe2\x80\xae"s;

/// Three writers of which the second was sent what had been replaced; names and messages are
/// hostile.
inline HistoryResult refuted_history() {
  HistoryResult result;
  result.case_id = "3.4/register";
  result.history = history_of(
      {replied(1, "writer1", 0, 2010, "writer1"),
       replied(2, "<script>x()</script>", 2100, 4130, "writer1"),
       replied(3, "\"><img src=x onerror=x()>", 2600, 4650, "\"><img src=x onerror=x()>"),
       replied(4, "writer4", 2900, 4950, "torn\xff\x01"),
       without_reply(5, "writer5", 3000, 3100, Outcome::refused),
       without_reply(6, "writer6", 3200, 5200, Outcome::unknown)});
  result.history.name = "three writers " + hostile;
  result.history.slack_ns = 20 * ms;
  result.verdict = judge(result.history);
  return result;
}

inline HistoryResult explained_history() {
  HistoryResult result;
  result.history = history_of(
      {replied(1, "writer1", 0, 2012, "writer3"), replied(2, "writer2", 500, 2510, "writer3"),
       replied(3, "writer3", 900, 2915, "writer3"), replied(4, "writer4", 3100, 5120, "writer5"),
       replied(5, "writer5", 3900, 5910, "writer5")});
  result.history.name = "five writers, one word at a time";
  result.verdict = judge(result.history);
  return result;
}

inline CaseResult case_result(const std::string& rule, const std::string& section,
                              const std::string& title, CaseOutcome outcome) {
  CaseResult result;
  result.rule = rule;
  result.section = section;
  result.id = rule + "/" + title;
  result.title = title;
  result.requirement = "What rule " + rule + " asks.";
  result.level = outcome == CaseOutcome::warn ? Level::should : Level::must;
  result.outcome = outcome;
  result.rerun = "lastword-check " + rule + " -- ./server 1050";
  result.duration = std::chrono::milliseconds(2040);
  return result;
}

/// A case of every outcome, and hostile bytes wherever a text may hold them.
inline CheckReport sample_report() {
  CheckReport report;
  report.tool_version = "0.1.0";
  report.target = "./server " + hostile;
  report.options = {std::chrono::seconds(2), std::chrono::milliseconds(100), 3, 42, false};
  report.started = std::chrono::system_clock::time_point(std::chrono::seconds(1'648'141'200));
  report.finished = report.started + std::chrono::seconds(61);
  report.scope = {MeasuredScope::access, {"writer 1 was sent writer 3's words " + hostile}};
  report.cases = {case_result("1.2", "Connecting", "restart", CaseOutcome::pass),
                  case_result("2.1", "The message", "half-close", CaseOutcome::warn),
                  case_result("2.4", "The message", "silence", CaseOutcome::skipped),
                  case_result("3.1", "The slot", "torn", CaseOutcome::fail),
                  case_result("3.4", "The slot", "register", CaseOutcome::inconclusive),
                  case_result("5.2", "Trouble", "descriptors", CaseOutcome::could_not_test)};
  CaseResult& failed = report.cases[3];
  failed.title += hostile;
  failed.requirement += hostile;
  failed.expected = "77 72 69 74 65 72 31  'writer1'";
  failed.actual = "77 72 69 74 65 72 31 00 ff  'writer1" + hostile;
  failed.evidence = {"first " + hostile, "second"};
  failed.reason = "the reply has 2 bytes too many " + hostile;
  failed.rerun += hostile;
  report.cases[1].reason = "the server ignores a half-close";
  report.cases[2].reason = "--accepts 3 leaves no room for it";
  report.cases[4].reason = "two writers sent the same message";
  report.cases[5].reason = "cannot start ./server";
  report.histories = {refuted_history(), explained_history()};
  return report;
}

}  // namespace lastword
