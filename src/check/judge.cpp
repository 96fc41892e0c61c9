#include "check/judge.h"

#include <fmt/format.h>

#include <utility>

#include "history/history_file.h"
#include "protocol/escape.h"

namespace lastword {

int exit_code_of(Decision decision) {
  switch (decision) {
    case Decision::linearizable: return 0;
    case Decision::not_linearizable: return 1;
    case Decision::inconclusive: return 4;
  }
  return 4;
}

std::string describe(const History& history, const Verdict& verdict) {
  std::string text = fmt::format("{}: {}\n", name_of(verdict.decision), verdict.reason);
  if (!history.name.empty()) text = fmt::format("{}\n{}", escaped(history.name), text);
  text +=
      fmt::format("judged {} operations of {} sessions, hold {:.6g} s, slack {:.6g} s\n",
                  verdict.operations, verdict.sessions, static_cast<double>(history.hold_ns) / 1e9,
                  static_cast<double>(history.slack_ns) / 1e9);
  if (verdict.findings.empty()) return text;
  text +=
      fmt::format("{} finding{}{}:\n", verdict.finding_count, verdict.finding_count == 1 ? "" : "s",
                  verdict.finding_count > verdict.findings.size()
                      ? fmt::format(", of which {} are shown", verdict.findings.size())
                      : "");
  for (const Finding& finding : verdict.findings) {
    text +=
        fmt::format("  {} (rule {}): {}\n", name_of(finding.kind), finding.rule, finding.sentence);
  }
  return text;
}

JudgeReport judge_file(const std::string& path) {
  JudgeReport report;
  auto history = read_history_file(path);
  if (!history) {
    report.error = fmt::format("cannot judge {}: {}", escaped(path), to_string(history.error()));
    return report;
  }
  report.history = std::move(*history);
  report.verdict = judge(report.history);
  report.output = describe(report.history, report.verdict);
  report.exit_code = exit_code_of(report.verdict.decision);
  return report;
}

}  // namespace lastword
