#include "check/json_report.h"

#include <nlohmann/json.hpp>

#include "check/printable.h"
#include "check/wall_time.h"

namespace lastword {
namespace {

using Json = nlohmann::ordered_json;

Json texts(const std::vector<std::string>& lines) {
  Json list = Json::array();
  for (const std::string& line : lines) list.push_back(printable(line));
  return list;
}

Json json_of(const CaseResult& result) {
  return {{"rule", printable(result.rule)},
          {"section", printable(result.section)},
          {"id", printable(result.id)},
          {"title", printable(result.title)},
          {"requirement", printable(result.requirement)},
          {"level", name_of(result.level)},
          {"outcome", name_of(result.outcome)},
          {"expected", printable(result.expected)},
          {"actual", printable(result.actual)},
          {"evidence", texts(result.evidence)},
          {"reason", printable(result.reason)},
          {"rerun", printable(result.rerun)},
          {"seconds", to_seconds(result.duration)}};
}

Json json_of(const Finding& finding) {
  return {{"kind", name_of(finding.kind)},
          {"rule", finding.rule},
          {"sessions", finding.sessions},
          {"at_ns", finding.at_ns},
          {"sentence", printable(finding.sentence)}};
}

Json json_of(const HistoryResult& result) {
  Json findings = Json::array();
  for (const Finding& finding : result.verdict.findings) findings.push_back(json_of(finding));
  return {{"name", printable(result.history.name)},
          {"case", printable(result.case_id)},
          {"decision", name_of(result.verdict.decision)},
          {"reason", printable(result.verdict.reason)},
          {"hold_ns", result.history.hold_ns},
          {"slack_ns", result.history.slack_ns},
          {"sessions", result.verdict.sessions},
          {"operations", result.verdict.operations},
          {"broken_rules", result.verdict.broken_rules},
          {"finding_count", result.verdict.finding_count},
          {"findings", findings}};
}

}  // namespace

std::string json_report(const CheckReport& report) {
  const Tally tally = tally_of(report);
  Json cases = Json::array();
  for (const CaseResult& result : report.cases) cases.push_back(json_of(result));
  Json histories = Json::array();
  for (const HistoryResult& result : report.histories) histories.push_back(json_of(result));
  const Json document = {
      {"lastword_report", 1},
      {"version", printable(report.tool_version)},
      {"target", printable(report.target)},
      {"started", to_iso_8601(report.started)},
      {"finished", to_iso_8601(report.finished)},
      {"interrupted", report.interrupted},
      {"headline", headline_of(report)},
      {"exit_code", exit_code_of(report)},
      {"tally",
       {{"pass", tally.pass},
        {"fail", tally.fail},
        {"warning", tally.warn},
        {"skipped", tally.skipped},
        {"inconclusive", tally.inconclusive},
        {"could not test", tally.could_not_test}}},
      {"options",
       {{"hold_seconds", to_seconds(report.options.hold)},
        {"tolerance_seconds", to_seconds(report.options.tolerance)},
        {"accepts", report.options.accepts},
        {"seed", report.options.seed},
        {"strict", report.options.strict}}},
      {"scope",
       {{"measured", name_of(report.scope.scope)}, {"evidence", texts(report.scope.evidence)}}},
      {"cases", cases},
      {"histories", histories}};
  return document.dump(2) + "\n";
}

}  // namespace lastword
