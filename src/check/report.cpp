#include "check/report.h"

#include <fmt/format.h>

namespace lastword {

Tally tally_of(const CheckReport& report) {
  Tally tally;
  for (const CaseResult& result : report.cases) {
    switch (result.outcome) {
      case CaseOutcome::pass: ++tally.pass; break;
      case CaseOutcome::fail: ++tally.fail; break;
      case CaseOutcome::warn: ++tally.warn; break;
      case CaseOutcome::skipped: ++tally.skipped; break;
      case CaseOutcome::inconclusive: ++tally.inconclusive; break;
      case CaseOutcome::could_not_test: ++tally.could_not_test; break;
    }
  }
  return tally;
}

int exit_code_of(const CheckReport& report) {
  const Tally tally = tally_of(report);
  if (report.interrupted) return 130;
  if (tally.fail > 0 || (report.options.strict && tally.warn > 0)) return 1;
  const bool nothing_tested = tally.pass + tally.warn + tally.inconclusive == 0;
  if (tally.could_not_test > 0 || nothing_tested) return 3;
  return tally.inconclusive > 0 ? 4 : 0;
}

std::string summary_of(const Tally& tally) {
  std::string text = fmt::format("{} passed", tally.pass);
  if (tally.fail > 0) text += fmt::format(", {} failed", tally.fail);
  if (tally.warn > 0) text += fmt::format(", {} warning{}", tally.warn, tally.warn == 1 ? "" : "s");
  if (tally.skipped > 0) text += fmt::format(", {} skipped", tally.skipped);
  if (tally.inconclusive > 0) text += fmt::format(", {} inconclusive", tally.inconclusive);
  if (tally.could_not_test > 0)
    text += fmt::format(", {} could not be tested", tally.could_not_test);
  return text;
}

std::string headline_of(const CheckReport& report) {
  switch (exit_code_of(report)) {
    case 0: return "Every MUST holds";
    case 1: return tally_of(report).fail > 0 ? "Not every MUST holds" : "Not every SHOULD holds";
    case 3: return "The server could not be tested in full";
    case 4: return "No rule was seen broken, but not every one could be decided";
    default: return "The check was interrupted";
  }
}

std::string_view name_of(CaseOutcome outcome) {
  switch (outcome) {
    case CaseOutcome::pass: return "pass";
    case CaseOutcome::fail: return "fail";
    case CaseOutcome::warn: return "warning";
    case CaseOutcome::skipped: return "skipped";
    case CaseOutcome::inconclusive: return "inconclusive";
    case CaseOutcome::could_not_test: return "could not test";
  }
  return "";
}

std::string_view name_of(Level level) { return level == Level::must ? "MUST" : "SHOULD"; }

std::string_view name_of(MeasuredScope scope) {
  switch (scope) {
    case MeasuredScope::access: return "access";
    case MeasuredScope::session: return "session";
    case MeasuredScope::neither: return "neither";
    case MeasuredScope::not_measured: return "not measured";
  }
  return "";
}

}  // namespace lastword
