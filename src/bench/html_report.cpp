#include "bench/html_report.h"

#include "bench/distribution.h"
#include "bench/text_report.h"

namespace lastword {
namespace {

constexpr const char* head = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lastword-bench</title>
<style>
:root { color-scheme: light dark; --ground: #fbfbf9; --ink: #1c1d1f; --faint: #5d6168;
  --line: #dfe0dc; --latency: #1f5fbf; --lateness: #b3561c; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181b; --ink: #e7e8ea; --faint: #a3a8b0; --line: #353a41;
    --latency: #7fb0ff; --lateness: #f0a05a; } }
body { margin: 0 auto; max-width: 940px; padding: 24px; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; }
pre { overflow-x: auto; font: .875rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--faint); }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: var(--line); }
.curve { fill: none; stroke-width: 2; } .curve.lateness { stroke-dasharray: 7 4; }
.latency { stroke: var(--latency); } .lateness { stroke: var(--lateness); }
.dot.latency { fill: var(--latency); } .dot.lateness { fill: var(--lateness); }
.key { display: inline-block; width: 2em; border-top: 3px solid var(--latency);
  vertical-align: middle; margin: 0 .4em 0 1em; }
.key.late { border-top: 3px dashed var(--lateness); }
p { color: var(--faint); max-width: 75ch; }
</style>
</head>
<body>
<h1>lastword-bench</h1>
)html";

constexpr const char* legend = R"html(<p><span class="key"></span>latency
<span class="key late"></span>lateness, the part beyond the hold; the dots are the maxima</p>
)html";

std::string marked_up(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      default: safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string bench_html(const BenchSettings& settings, const Measured& measured) {
  std::string html = head;
  html += "<pre>" + marked_up(bench_text(settings, measured)) + "</pre>\n";
  const std::string picture = distribution_svg(
      {{"latency", "latency", &measured.latency}, {"lateness", "lateness", &measured.lateness}});
  if (!picture.empty()) html += legend + picture;
  return html + "</body>\n</html>\n";
}

}  // namespace lastword
