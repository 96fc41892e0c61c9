#pragma once

namespace lastword {

/// The style of the HTML report: readable in light and dark, in print, and without colours.
inline constexpr const char* html_style = R"css(
:root { color-scheme: light dark; --ground: #fbfbf9; --card: #fff; --ink: #1c1d1f; --faint: #5d6168;
  --line: #dfe0dc; --pass: #14713b; --fail: #b3201c; --warn: #8a5a00; --other: #4a5568;
  --mark: #fde9e7; --light: 44%; --pale: 82%; --label: #111; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181b; --card: #1e2125; --ink: #e7e8ea; --faint: #a3a8b0; --line: #353a41;
    --pass: #5fd38d; --fail: #ff8a80; --warn: #f0b849; --other: #b4bcc8; --mark: #3d2423;
    --light: 62%; --pale: 34%; --label: #fff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 4px 0 12px; }
h2 { font-size: 1.25rem; margin: 40px 0 8px; }
h3 { font-size: 1rem; margin: 24px 0 6px; }
p { margin: 6px 0; max-width: 75ch; }
.kicker, .meta, footer, .note, figcaption { color: var(--faint); font-size: .875rem; }
.kicker { margin: 0; }
.meta { display: flex; flex-wrap: wrap; gap: 2px 24px; padding: 0; margin: 12px 0 0;
  list-style: none; }
code, pre, td, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code, pre { font-size: .875rem; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .warn { color: var(--warn); }
.other { color: var(--other); }
.badge { display: inline-block; min-width: 9.5em; font-weight: 600; font-size: .875rem; }
details.case { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  margin: 4px 0; }
details.case > summary { padding: 7px 12px; cursor: pointer; }
details.case > div { padding: 2px 12px 12px 32px; }
.failing { border-left: 4px solid var(--fail); padding-left: 12px; margin: 20px 0; }
.failing ul { margin: 4px 0; padding-left: 20px; }
a { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 8px 0; }
dt { color: var(--faint); } dd { margin: 0; min-width: 0; }
.level { color: var(--faint); font-size: .75rem; letter-spacing: .04em; }
figure { margin: 16px 0 4px; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 8px; }
svg { display: block; width: 100%; min-width: 860px; height: auto; }
svg text { font: 11.5px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  fill: var(--ink); }
svg .tick, svg .head { fill: var(--faint); } svg .tick { text-anchor: middle; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .shown { stroke: var(--fail); stroke-width: 1; stroke-dasharray: 3 3; }
svg .slot { fill: none; stroke: var(--line); }
svg .life { fill: var(--line); }
svg .ground { fill: transparent; }
svg .write, svg .held { fill: hsl(var(--h) 62% var(--light)); }
svg .held { fill: hsl(var(--h) 55% var(--pale)); stroke: hsl(var(--h) 62% var(--light)); }
svg .content .label { fill: var(--label); }
svg .read { fill: hsl(var(--h) 62% var(--pale)); stroke: hsl(var(--h) 62% var(--light));
  stroke-width: 2; }
svg .nobodys { fill: url(#hatch); stroke: var(--fail); stroke-width: 1.5; }
svg .hatch-ground { fill: var(--card); } svg .hatch-line { fill: var(--fail); }
svg .perhaps { fill-opacity: .35; }
svg.defs { position: absolute; width: 0; min-width: 0; height: 0; }
svg .refutes .ground { fill: var(--mark); } svg .refutes .label { font-weight: 700; }
svg .mark { fill: var(--fail); font-size: 11px; } svg .faint { fill: var(--faint); }
.item { outline: none; cursor: default; }
.item.on > rect.ground, .item:focus-visible > rect.ground { stroke: var(--ink); stroke-width: 1; }
.item.content.on > rect, .item.content:focus-visible > rect { stroke: var(--ink); stroke-width: 2; }
.told { min-height: 3em; margin: 8px 0 0; font-size: .9375rem; max-width: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; }
.legend svg { display: inline-block; width: 22px; min-width: 0; height: 12px; vertical-align: -1px;
  margin-right: 6px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8125rem; }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
tr.refutes td { background: var(--mark); }
footer { padding-top: 32px; padding-bottom: 32px; }
@media print { details.case > summary { break-after: avoid; } .told { display: none; } }
)css";

/// Shows a row's sentence under the picture while it is pointed at or focused; arrow keys go from
/// row to row. The page's policy allows this script alone, by its SHA-256 in html_script_hash.
inline constexpr const char* html_script =
    R"js(for (const picture of document.querySelectorAll("figure")) {
  const told = picture.querySelector(".told");
  told.textContent =
    "Point at a row, or go through the rows with Tab and the arrow keys, to read it in words.";
  const items = [...picture.querySelectorAll(".item")];
  items.forEach((item, at) => {
    const show = () => {
      told.textContent = item.dataset.details;
      for (const other of items) other.classList.toggle("on", other === item);
    };
    item.addEventListener("mouseenter", show);
    item.addEventListener("focus", show);
    item.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      (items[at + step] || item).focus();
    });
  });
}
)js";

inline constexpr const char* html_script_hash = "E5Ao6nnGDrPF3JcVHO5e1JAVrKs45riJiiysnhL2+Nk=";

}  // namespace lastword
