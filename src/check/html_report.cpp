#include "check/html_report.h"

#include <fmt/format.h>

#include "check/html_assets.h"
#include "check/picture.h"
#include "check/printable.h"
#include "check/wall_time.h"

namespace lastword {
namespace {

/// The class that colours an outcome.
const char* tone_of(CaseOutcome outcome) {
  switch (outcome) {
    case CaseOutcome::pass: return "pass";
    case CaseOutcome::fail: return "fail";
    case CaseOutcome::warn: return "warn";
    case CaseOutcome::skipped:
    case CaseOutcome::inconclusive:
    case CaseOutcome::could_not_test: return "other";
  }
  return "other";
}

const char* tone_of(Decision decision) {
  switch (decision) {
    case Decision::linearizable: return "pass";
    case Decision::not_linearizable: return "fail";
    case Decision::inconclusive: return "other";
  }
  return "other";
}

/// A sign beside the word, for those who see no colours.
const char* sign_of(const char* tone) {
  switch (tone[0]) {
    case 'p': return "&#10003;";
    case 'f': return "&#10007;";
    case 'w': return "!";
    default: return "&#8211;";
  }
}

/// A clause as a sentence.
std::string sentence(std::string clause) {
  if (!clause.empty() && clause[0] >= 'a' && clause[0] <= 'z') clause[0] -= 'a' - 'A';
  return clause + ".";
}

std::string badge(const char* tone, std::string_view words) {
  return fmt::format("<span class=\"badge {}\">{} {}</span>", tone, sign_of(tone), words);
}

std::string head_of(const CheckReport& report) {
  const int code = exit_code_of(report);
  const char* tone = code == 0 ? "pass" : code == 1 ? "fail" : "other";
  const CheckOptions& options = report.options;
  std::string html = fmt::format(
      "<header>\n<p class=\"kicker\">lastword-check {}</p>\n<h1 class=\"{}\">{} {}</h1>\n"
      "<p><code>{}</code></p>\n<p>{}.</p>\n<ul class=\"meta\">\n",
      marked_up(report.tool_version), tone, sign_of(tone), headline_of(report),
      marked_up(report.target), summary_of(tally_of(report)));
  const auto item = [&](const std::string& text) { html += fmt::format("<li>{}</li>\n", text); };
  item(fmt::format("hold {:.6g} s, tolerance {:.6g} s", to_seconds(options.hold),
                   to_seconds(options.tolerance)));
  item(options.accepts == 0 ? "accepts without limit"
                            : fmt::format("{} accepts per run", options.accepts));
  item(fmt::format("seed {}", options.seed));
  if (options.strict) item("strict: a warning counts as a failure");
  item(fmt::format("{} to {}", to_iso_8601(report.started), to_iso_8601(report.finished)));
  return html + "</ul>\n</header>\n";
}

std::string failures_of(const CheckReport& report) {
  std::string list;
  for (std::size_t at = 0; at < report.cases.size(); ++at) {
    const CaseResult& result = report.cases[at];
    if (result.outcome != CaseOutcome::fail) continue;
    list += fmt::format("<li><a href=\"#case-{}\">{} {}</a>: {}</li>\n", at, marked_up(result.rule),
                        marked_up(result.title), marked_up(result.reason));
  }
  if (list.empty()) return "";
  return "<section class=\"failing\" aria-label=\"What failed\">\n<ul>\n" + list +
         "</ul>\n</section>\n";
}

std::string case_of(const CaseResult& result, std::size_t at) {
  const bool open = result.outcome == CaseOutcome::fail || result.outcome == CaseOutcome::warn;
  std::string html = fmt::format(
      "<details class=\"case\" id=\"case-{}\"{}><summary>{} <strong>{}</strong> {} "
      "<span class=\"level\">{}</span></summary>\n<div>\n<p>{}</p>\n<dl>\n",
      at, open ? " open" : "", badge(tone_of(result.outcome), name_of(result.outcome)),
      marked_up(result.rule), marked_up(result.title), name_of(result.level),
      marked_up(result.requirement));
  const auto entry = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    html += fmt::format("<dt>{}</dt><dd><pre>{}</pre></dd>\n", name, marked_up(value));
  };
  entry("why", result.reason);
  entry("expected", result.expected);
  entry("actual", result.actual);
  std::string evidence;
  for (const std::string& line : result.evidence) {
    evidence += (evidence.empty() ? "" : "\n") + line;
  }
  entry("evidence", evidence);
  entry("run again", result.rerun);
  entry("took", fmt::format("{:.2f} s", to_seconds(result.duration)));
  return html + "</dl>\n</div></details>\n";
}

std::string rules_of(const CheckReport& report) {
  std::string html = "<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">The rules</h2>\n";
  std::string section;
  for (std::size_t at = 0; at < report.cases.size(); ++at) {
    const CaseResult& result = report.cases[at];
    if (result.section != section || at == 0) {
      section = result.section;
      html +=
          fmt::format("<h3>{} {}</h3>\n", marked_up(result.rule.substr(0, result.rule.find('.'))),
                      marked_up(section));
    }
    html += case_of(result, at);
  }
  if (report.cases.empty()) html += "<p>No case was run.</p>\n";
  html +=
      fmt::format("<h3>The critical section's scope</h3>\n<p>Measured: <strong>{}</strong></p>\n",
                  name_of(report.scope.scope));
  for (const std::string& line : report.scope.evidence) {
    html += fmt::format("<p class=\"note\">{}</p>\n", marked_up(line));
  }
  return html + "</section>\n";
}

/// What fills a message that nobody sent; the pictures refer to it.
constexpr const char* hatch =
    "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" "
    "width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect "
    "width=\"6\" height=\"6\" class=\"hatch-ground\"/><rect width=\"2.5\" height=\"6\" "
    "class=\"hatch-line\"/></pattern></defs></svg>\n";

constexpr const char* legend =
    "<figcaption class=\"legend\"><span><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><rect "
    "y=\"3\" width=\"22\" height=\"6\" class=\"life\"/></svg>connected</span><span><svg "
    "viewBox=\"0 0 "
    "22 12\" aria-hidden=\"true\"><rect x=\"1\" y=\"1\" width=\"20\" height=\"10\" class=\"write\" "
    "style=\"--h:210\"/></svg>stored within</span><span><svg viewBox=\"0 0 22 12\" "
    "aria-hidden=\"true\"><rect x=\"1\" y=\"1\" width=\"20\" height=\"10\" class=\"read\" "
    "style=\"--h:210\"/></svg>loaded within, in the colour of the message that came back</span>"
    "<span><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><rect x=\"1\" y=\"1\" width=\"20\" "
    "height=\"10\" class=\"nobodys\"/></svg>nobody's message</span><span class=\"fail\">&#9654; "
    "refutes</span></figcaption>\n";

std::string history_of(const HistoryResult& result, std::size_t number) {
  const Verdict& verdict = result.verdict;
  const std::string& name = result.history.name;
  std::string html = fmt::format("<h3>{}</h3>\n<p>{}</p>\n<p>{}</p>\n",
                                 name.empty() ? "A recorded history" : marked_up(name),
                                 badge(tone_of(verdict.decision), name_of(verdict.decision)),
                                 marked_up(sentence(verdict.reason)));
  if (verdict.finding_count > 1) {
    html += fmt::format("<details><summary>{} findings</summary><ol>\n", verdict.finding_count);
    for (const Finding& finding : verdict.findings) {
      html += fmt::format("<li>{} (rule {}): {}</li>\n", name_of(finding.kind),
                          marked_up(finding.rule), marked_up(sentence(finding.sentence)));
    }
    html += "</ol></details>\n";
  }
  const PictureScene scene = scene_of(result);
  if (scene.sessions.empty()) return html + "<p class=\"note\">It has no sessions.</p>\n";
  html += "<figure>\n<div class=\"scroll\">\n" +
          picture_of(result, scene, fmt::format("history-{}", number)) + "</div>\n";
  html += "<p class=\"told\" aria-live=\"polite\"></p>\n";
  html += legend;
  html += "</figure>\n";
  if (!scene.note.empty()) html += fmt::format("<p class=\"note\">{}</p>\n", scene.note);
  return html + "<details><summary>The same as a table</summary>\n<div class=\"table\">" +
         table_of(result, scene) + "</div></details>\n";
}

}  // namespace

std::string html_report(const CheckReport& report) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}: lastword-check</title>\n<style>{}</style>\n</head>\n<body>\n",
      html_script_hash, headline_of(report), html_style);
  html += head_of(report) + "<main>\n" + failures_of(report);
  html += rules_of(report);
  if (!report.histories.empty()) {
    html +=
        "<section aria-labelledby=\"slot\">\n<h2 id=\"slot\">The slot, as its writers saw "
        "it</h2>\n";
    html += hatch;
    std::size_t number = 0;
    for (const HistoryResult& result : report.histories) html += history_of(result, ++number);
    html += "</section>\n";
  }
  html +=
      "</main>\n<footer>Times count from the first of a history, in seconds of one monotonic "
      "clock. What is not printable is shown as \\xNN.</footer>\n";
  return html + "<script>" + html_script + "</script>\n</body>\n</html>\n";
}

}  // namespace lastword
