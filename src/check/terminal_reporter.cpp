#include "check/terminal_reporter.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "check/printable.h"

namespace lastword {
namespace {

/// `text` on one line, with every byte that could steer a terminal written out.
std::string one_line(std::string_view text) {
  std::string safe;
  for (const char letter : printable(text)) {
    if (letter == '\n') {
      safe += "\\n";
    } else {
      safe += letter;
    }
  }
  return safe;
}

struct Look {
  const char* word;
  const char* colour;
};

Look look_of(CaseOutcome outcome) {
  switch (outcome) {
    case CaseOutcome::pass: return {"pass", "32"};
    case CaseOutcome::fail: return {"FAIL", "1;31"};
    case CaseOutcome::warn: return {"warn", "33"};
    case CaseOutcome::skipped: return {"skip", "2"};
    case CaseOutcome::inconclusive: return {"open", "35"};
    case CaseOutcome::could_not_test: return {"none", "1;31"};
  }
  return {"", "0"};
}

class Writing {
 public:
  explicit Writing(const TerminalStyle& style) : style_(style) {}

  std::string coloured(const char* colour, std::string_view text) const {
    if (!style_.colour) return std::string(text);
    return fmt::format("\033[{}m{}\033[0m", colour, text);
  }

  void line(int indent, std::string_view text) {
    text_ += fmt::format("{:{}}{}\n", "", indent, text);
  }
  void field(const char* name, std::string_view value) {
    if (!value.empty()) line(13, fmt::format("{:<9} {}", name, one_line(value)));
  }

  void one_case(const CaseResult& result) {
    const Look look = look_of(result.outcome);
    line(2, fmt::format("{} {}  {}", result.rule, coloured(look.colour, look.word),
                        one_line(result.title)));
    if (result.outcome == CaseOutcome::pass) {
      if (style_.verbose) field("seen", result.actual);
      return;
    }
    field("expected", result.expected);
    field("actual", result.actual);
    field("why", result.reason);
    const bool tell = result.outcome == CaseOutcome::fail || style_.verbose;
    for (const std::string& evidence : result.evidence) {
      if (tell)
        field("", evidence);
      else
        break;
    }
  }

  std::string take() { return std::move(text_); }

 private:
  const TerminalStyle& style_;
  std::string text_;
};

void write_failures(const CheckReport& report, Writing& writing) {
  bool headed = false;
  for (const CaseResult& result : report.cases) {
    const bool counts = result.outcome == CaseOutcome::fail ||
                        (report.options.strict && result.outcome == CaseOutcome::warn);
    if (!counts) continue;
    if (!headed) writing.line(0, "\nFailures, each with the command that reruns it");
    headed = true;
    writing.line(
        2, fmt::format("{} {}: {}", result.id, one_line(result.title), one_line(result.reason)));
    writing.line(4, one_line(result.rerun));
  }
}

}  // namespace

std::string terminal_report(const CheckReport& report, const TerminalStyle& style) {
  Writing writing(style);
  writing.line(0,
               fmt::format("lastword-check {}: {}", report.tool_version, one_line(report.target)));
  std::string section;
  for (const CaseResult& result : report.cases) {
    if (result.section != section) {
      section = result.section;
      writing.line(0, fmt::format("\n{} {}", result.rule.substr(0, 1), section));
    }
    writing.one_case(result);
  }
  if (report.scope.scope != MeasuredScope::not_measured) {
    writing.line(0, fmt::format("\nScope (3.3, both are right): {}", name_of(report.scope.scope)));
    for (const std::string& evidence : report.scope.evidence) writing.line(2, one_line(evidence));
  }
  write_failures(report, writing);
  const std::chrono::duration<double> span = report.finished - report.started;
  const char* colour = exit_code_of(report) == 0 ? "32" : "1;31";
  writing.line(
      0, fmt::format("\n{} {}, in {:.1f} s, seed {}", writing.coloured(colour, headline_of(report)),
                     summary_of(tally_of(report)), span.count(), report.options.seed));
  return writing.take();
}

}  // namespace lastword
