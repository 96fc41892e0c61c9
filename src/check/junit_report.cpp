#include "check/junit_report.h"

#include <fmt/format.h>

#include "check/printable.h"
#include "check/wall_time.h"

namespace lastword {
namespace {

enum class JunitEnding { passed, failed, errored, skipped };

JunitEnding ending_of(CaseOutcome outcome, bool strict) {
  switch (outcome) {
    case CaseOutcome::pass: return JunitEnding::passed;
    case CaseOutcome::fail: return JunitEnding::failed;
    case CaseOutcome::warn: return strict ? JunitEnding::failed : JunitEnding::passed;
    case CaseOutcome::skipped: return JunitEnding::skipped;
    case CaseOutcome::inconclusive:
    case CaseOutcome::could_not_test: return JunitEnding::errored;
  }
  return JunitEnding::errored;
}

/// Everything about a case that a reader may need, a line each.
std::string details_of(const CaseResult& result) {
  std::string text =
      fmt::format("rule {} ({}): {}\n", result.rule, name_of(result.level), result.requirement);
  const auto line = [&](const char* label, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}: {}\n", label, value);
  };
  line("reason", result.reason);
  line("expected", result.expected);
  line("actual", result.actual);
  for (const std::string& evidence : result.evidence) line("evidence", evidence);
  line("rerun", result.rerun);
  return text;
}

std::string element_of(const CaseResult& result, bool strict) {
  const JunitEnding ending = ending_of(result.outcome, strict);
  std::string xml =
      fmt::format("    <testcase classname=\"lastword.rule {}\" name=\"{}\" time=\"{:.3f}\">\n",
                  marked_up(result.rule), marked_up(result.id + ": " + result.title),
                  to_seconds(result.duration));
  const std::string message = marked_up(result.reason);
  const std::string_view type = name_of(result.outcome);
  const std::string details = marked_up(details_of(result));
  switch (ending) {
    case JunitEnding::passed:
      xml += fmt::format("      <system-out>{}: {}</system-out>\n", type, details);
      break;
    case JunitEnding::failed:
      xml += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", type, message,
                         details);
      break;
    case JunitEnding::errored:
      xml += fmt::format("      <error type=\"{}\" message=\"{}\">{}</error>\n", type, message,
                         details);
      break;
    case JunitEnding::skipped:
      xml += fmt::format("      <skipped message=\"{}\"/>\n", message);
      break;
  }
  return xml + "    </testcase>\n";
}

/// Neighbouring cases of one section.
struct Suite {
  std::string name;
  std::string cases;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;

  void add(const CaseResult& result, bool strict) {
    const JunitEnding ending = ending_of(result.outcome, strict);
    cases += element_of(result, strict);
    ++tests;
    failures += ending == JunitEnding::failed ? 1 : 0;
    errors += ending == JunitEnding::errored ? 1 : 0;
    skipped += ending == JunitEnding::skipped ? 1 : 0;
    seconds += to_seconds(result.duration);
  }
};

std::vector<Suite> suites_of(const CheckReport& report) {
  std::vector<Suite> suites;
  for (const CaseResult& result : report.cases) {
    const std::string name =
        fmt::format("{} {}", result.rule.substr(0, result.rule.find('.')), result.section);
    if (suites.empty() || suites.back().name != name) suites.push_back({.name = name, .cases = {}});
    suites.back().add(result, report.options.strict);
  }
  return suites;
}

}  // namespace

std::string junit_report(const CheckReport& report) {
  Suite all{.name = "lastword-check " + report.target, .cases = {}};
  for (const Suite& suite : suites_of(report)) {
    all.cases += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\" timestamp=\"{}\">\n{}  </testsuite>\n",
        marked_up(suite.name), suite.tests, suite.failures, suite.errors, suite.skipped,
        suite.seconds, to_iso_8601(report.started).substr(0, 19), suite.cases);
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.errors += suite.errors;
    all.seconds += suite.seconds;
  }
  if (report.interrupted) {
    ++all.tests;
    ++all.errors;
    all.cases +=
        "  <testsuite name=\"the check itself\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
        "    <testcase classname=\"lastword\" name=\"runs to its end\" time=\"0\">\n"
        "      <error type=\"interrupted\" message=\"the check was interrupted\"/>\n"
        "    </testcase>\n  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n{}"
      "</testsuites>\n",
      marked_up(all.name), all.tests, all.failures, all.errors, all.seconds, all.cases);
}

}  // namespace lastword
