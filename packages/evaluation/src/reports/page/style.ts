/** The style sheet of a report: light, dark and print; one column on narrow pages, two on wide ones. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --card: #ffffff; --ink: #151a22; --soft: #545d6b; --line: #dde1e8; --faint: #eceff4;
  --right: #1f5fd0; --wrong: #b64a04; --heat-right: #8ab6f8; --heat-wrong: #f3a970; --second: #00796b;
  --shadow: 0 1px 2px #1018280d, 0 4px 16px #1018280f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #171b22; --ink: #e9edf3; --soft: #a3adbb; --line: #2d3540; --faint: #222832;
    --right: #83b4ff; --wrong: #ffa264; --heat-right: #2757a6; --heat-wrong: #96480f; --second: #4fd1bd;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
.page { max-width: 1120px; margin: 0 auto; padding: 28px 16px 48px; }
h1, h2, h3, h4, p, dl, dd, ul, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(22px, 4.5vw, 30px); line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 20px; letter-spacing: -0.01em; }
h3 { font-size: 17px; letter-spacing: -0.005em; }
h4 { font-size: 15px; }
.summary { color: var(--soft); text-wrap: pretty; max-width: 75ch; }
.lead { color: var(--soft); font-size: 16px; margin-top: 6px; text-wrap: pretty; }
a { color: var(--right); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--right); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 8px; background: var(--card); padding: 4px 10px; z-index: 1; }
.contents { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin-top: 14px; font-size: 14px; }
.run { margin-top: 28px; }
.run-head { margin-bottom: 14px; }
.grid { display: grid; grid-template-columns: minmax(0, 1fr); grid-auto-flow: dense; gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px; box-shadow: var(--shadow); min-width: 0; }
.card > * + * { margin-top: 10px; }
.headline { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--right); border-radius: 12px; padding: 16px 22px; box-shadow: var(--shadow); }
.headline-name { font-weight: 600; color: var(--soft); }
.headline-value { font-size: clamp(44px, 11vw, 68px); line-height: 1.08; font-weight: 700; letter-spacing: -0.03em; }
.headline-interval { font-size: 17px; font-weight: 600; margin-bottom: 4px; }
.headline-interval span { font-weight: 400; color: var(--soft); }
.metrics { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; }
.metric { background: var(--faint); border-radius: 10px; padding: 12px 14px; }
.metric dt { font-weight: 600; color: var(--soft); font-size: 14px; }
.metric-value { font-size: 24px; font-weight: 700; letter-spacing: -0.015em; line-height: 1.3; }
.direction { font-size: 15px; font-weight: 400; color: var(--soft); }
.metric-interval { font-weight: 600; font-size: 14px; }
.metric-summary { color: var(--soft); font-size: 13px; line-height: 1.4; margin-top: 4px; }
.scroll { overflow-x: auto; margin-inline: -4px; padding: 4px; }
table { border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; }
.rows { width: 100%; min-width: 540px; }
details .rows { min-width: 420px; }
.rows th, .rows td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); }
.rows tbody tr:last-child > * { border-bottom: 0; }
.rows thead th { color: var(--soft); font-weight: 500; font-size: 13px; vertical-align: bottom; }
.rows tbody th { font-weight: 500; }
.rows .number { text-align: right; white-space: nowrap; }
.rows .strong, .own th, .own .number { font-weight: 700; }
.rows .small, .rows .source { color: var(--soft); }
.bar-cell { width: 150px; min-width: 110px; }
.ends { display: flex; justify-content: space-between; font-size: 12px; }
.interval-bar { display: block; width: 100%; height: 18px; }
.interval-bar .grid { display: inline; stroke: var(--line); stroke-width: 2; }
.interval-bar .whisker { stroke: var(--right); stroke-width: 3; stroke-linecap: round; opacity: 0.55; }
.interval-bar .reference { stroke: var(--ink); stroke-width: 1.5; }
.interval-bar circle { fill: var(--right); }
.matrix { font-size: 13px; border-spacing: 2px; border-collapse: separate; margin-inline: auto; }
.matrix caption { caption-side: bottom; color: var(--soft); padding-top: 8px; font-size: 13px; }
.matrix tbody th { text-align: right; padding-right: 6px; white-space: nowrap; font-weight: 500; }
.matrix thead th { vertical-align: bottom; font-weight: 500; height: 1px; padding: 0; }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; padding: 4px 0; display: inline-block; line-height: 1.2; }
.matrix .corner span { writing-mode: horizontal-tb; transform: none; white-space: normal; color: var(--soft); font-size: 12px; display: block; text-align: right; padding-right: 6px; }
.matrix .corner { vertical-align: bottom; max-width: 90px; padding: 0; }
.matrix thead th { text-align: center; }
.matrix td { text-align: center; min-width: 30px; height: 30px; border-radius: 5px; padding: 0; }
.matrix .right { background: color-mix(in srgb, var(--heat-right) var(--strength), var(--faint)); }
.matrix .wrong { background: color-mix(in srgb, var(--heat-wrong) var(--strength), var(--faint)); }
.matrix .right { font-weight: 700; }
.matrix .empty { color: var(--soft); background: var(--faint); opacity: 0.7; }
.matrix .extra { font-style: italic; }
.matrix .total { color: var(--soft); padding-left: 6px; }
.matrix button { all: unset; box-sizing: border-box; display: grid; place-items: center; width: 100%; height: 30px; min-width: 30px; padding-inline: 2px; border-radius: 5px; cursor: pointer; }
.matrix button:hover { box-shadow: inset 0 0 0 2px var(--ink); }
.matrix button:focus-visible { outline: 3px solid var(--ink); outline-offset: -1px; }
@media (min-width: 860px) {
  .matrix { font-size: 15px; border-spacing: 3px; }
  .matrix td, .matrix button { min-width: 58px; height: 44px; }
  .matrix thead span { writing-mode: horizontal-tb; transform: none; padding: 4px 2px; }
  .matrix.many td, .matrix.many button { min-width: 34px; height: 30px; font-size: 13px; }
  .matrix.many thead th:not(.corner) span { writing-mode: vertical-rl; transform: rotate(180deg); }
}
.scatter { fill: var(--right); }
.heat { width: 100%; border-collapse: separate; border-spacing: 2px; font-size: 13px; table-layout: auto; }
.heat th { font-weight: 500; }
.heat thead th, .heat .corner { color: var(--soft); text-align: center; font-size: 12px; padding: 0 0 2px; }
.heat .corner { text-align: right; padding-right: 8px; }
.heat tbody th { text-align: right; padding-right: 8px; white-space: nowrap; width: 1px; }
.heat td { height: 26px; min-width: 13px; border-radius: 4px; padding: 0; text-align: center; line-height: 0; }
.heat .above { background: color-mix(in srgb, var(--heat-wrong) var(--strength), var(--faint)); }
.heat .below { background: color-mix(in srgb, var(--heat-right) var(--strength), var(--faint)); }
.heat .none { background: none; box-shadow: inset 0 0 0 1px var(--line); }
.heat td.guide { box-shadow: inset 2px 0 var(--ink), inset -2px 0 var(--ink); border-radius: 0; }
.heat th.guide { color: var(--ink); font-weight: 700; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; background: var(--ink); box-shadow: 0 0 0 2px var(--card); }
.hidden-name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.rows.plain th, .rows.plain td { white-space: nowrap; } .rows.plain th:last-child, .rows.plain td:last-child { padding-right: 0; }
.rows.plain tbody th { position: sticky; left: 0; background: var(--card); }
.figures .metric-value { font-size: 20px; white-space: nowrap; }
.rows .good { color: var(--second); font-weight: 600; } .rows .bad { color: var(--wrong); font-weight: 600; }
.popover { border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: var(--ink); padding: 18px 20px 22px; width: min(760px, calc(100vw - 24px)); max-height: calc(100vh - 32px); overflow: auto; box-shadow: 0 12px 48px #0006; margin: auto; }
.popover::backdrop { background: #0b0e1380; }
.popover-head { display: flex; justify-content: space-between; align-items: start; gap: 12px; }
.popover-head h4 { font-size: 18px; }
.popover .summary { margin: 2px 0 14px; }
.close { font: inherit; font-weight: 600; color: inherit; background: var(--faint); border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px; cursor: pointer; }
.pictures { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 16px 12px; }
figure { display: flex; flex-direction: column; gap: 6px; }
.picture, .no-picture { width: 100%; aspect-ratio: 1; border-radius: 8px; background: var(--faint); display: block; }
.no-picture { display: grid; place-items: center; text-align: center; color: var(--soft); font-size: 12px; padding: 6px; border: 1px dashed var(--line); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
figcaption { font-size: 13px; line-height: 1.35; display: flex; flex-direction: column; overflow-wrap: anywhere; }
figcaption span { color: var(--soft); }
figcaption .sample { font-size: 11.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; direction: rtl; text-align: left; }
.mark { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
rect.mark.subject { stroke-width: 2.5; }
rect.mark:not(.subject) { stroke-width: 1.2; opacity: 0.9; }
.halo { fill: none; stroke: #000b; stroke-width: 4.5; vector-effect: non-scaling-stroke; }
.halo.thin { stroke-width: 2.2; }
rect.truth { stroke: #6fb1ff; } rect.answer { stroke: #ffa04d; }
.points { stroke: #000b; stroke-width: 0.8; }
.points circle { vector-effect: non-scaling-stroke; }
.points.truth { fill: #6fb1ff; } .points.answer { fill: #ffa04d; }
.point-errors { fill: none; stroke: #fff; stroke-width: 1.4; vector-effect: non-scaling-stroke; opacity: 0.85; }
.chart { display: block; width: 100%; max-width: 520px; margin-inline: auto; overflow: visible; font-size: 11.5px; fill: var(--soft); }
.chart .axes .grid { display: inline; fill: none; stroke: var(--line); stroke-width: 1; }
.chart .axis-name { font-weight: 600; }
.chart .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.line.result { stroke: var(--right); } .line.second { stroke: var(--wrong); stroke-dasharray: 7 5; }
.line.third { stroke: var(--second); stroke-dasharray: 2 4; }
.chart .line.reference { stroke: var(--soft); stroke-width: 1.4; stroke-dasharray: 3 5; }
.chart .guide path, .chart .cursor { fill: none; stroke: var(--ink); stroke-width: 1.4; }
.chart .guide path { stroke-dasharray: 2 4; }
.chart .guide text, .chart .point text { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.chart .point circle { fill: var(--card); stroke: var(--right); stroke-width: 3; }
.small-charts { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 16px 14px; }
.small-chart { display: block; width: 100%; }
.small-chart .frame { fill: var(--faint); }
.small-chart .grid { fill: none; stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.small-chart .under { fill: var(--heat-right); fill-opacity: 0.45; }
.small-chart .line { fill: none; stroke: var(--right); stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.bar { fill: var(--heat-right); background: var(--heat-right); }
.gap { fill-opacity: 0.5; stroke-width: 1; }
.gap.over { fill: var(--heat-wrong); stroke: var(--wrong); } .gap.under { fill: var(--second); stroke: var(--second); fill-opacity: 0.35; }
.chart .whisker { stroke: var(--ink); stroke-width: 1.2; fill: none; }
.chart .count { fill: var(--soft); fill-opacity: 0.55; }
.legend { color: var(--soft); font-size: 13px; display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; }
.legend > span { display: inline-flex; align-items: center; gap: 6px; }
.swatch { display: inline-block; width: 13px; height: 13px; border-radius: 3px; vertical-align: -2px; }
.swatch.right { background: var(--heat-right); } .swatch.wrong { background: var(--heat-wrong); }
.swatch.dot { border-radius: 50%; width: 10px; height: 10px; background: var(--ink); } .swatch.guide { background: none; border-inline: 2px solid var(--ink); border-radius: 0; }
.swatch.over { background: var(--heat-wrong); } .swatch.under { background: var(--second); opacity: 0.6; }
.swatch.truth { background: #6fb1ff; box-shadow: 0 0 0 1px #0008; } .swatch.answer { background: #ffa04d; box-shadow: 0 0 0 1px #0008; }
.swatch[class*="line-"] { height: 0; border-radius: 0; width: 20px; vertical-align: 4px; border-top: 3px solid var(--right); }
.swatch.line-second { border-top: 3px dashed var(--wrong); } .swatch.line-third { border-top: 3px dotted var(--second); } .swatch.line-reference { border-top: 2px dotted var(--soft); }
.readings { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 8px 14px; }
.readings dt { color: var(--soft); font-size: 13px; }
.readings dd { font-weight: 700; font-size: 17px; letter-spacing: -0.01em; }
.field { display: flex; align-items: baseline; gap: 8px; font-weight: 600; margin-bottom: 4px; }
.field output { font-size: 20px; color: var(--right); font-weight: 700; }
.field select { font: inherit; font-weight: 500; color: inherit; background: var(--faint); border: 1px solid var(--line); border-radius: 8px; padding: 4px 8px; max-width: 100%; min-width: 0; }
input[type="range"] { width: 100%; accent-color: var(--right); height: 28px; margin: 0 0 8px; }
details summary { cursor: pointer; color: var(--right); font-size: 14px; }
details > * + * { margin-top: 8px; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; font-size: 14px; }
.facts dt { color: var(--soft); } .facts dd { overflow-wrap: anywhere; }
.notes { padding-left: 18px; font-size: 14px; } .notes li + li { margin-top: 4px; }
.none { color: var(--soft); }
footer { margin-top: 16px; display: grid; gap: 16px; }
[hidden] { display: none !important; }
@media (min-width: 860px) {
  .metrics { grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); }
  .metrics.figures { grid-template-columns: repeat(auto-fit, minmax(125px, 1fr)); }
  .pictures, .small-charts { grid-template-columns: repeat(auto-fill, minmax(126px, 1fr)); }
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .wide, .alone { grid-column: 1 / -1; }
  .alone { display: grid; grid-template: repeat(4, auto) 1fr / 1fr 1fr; column-gap: 40px; align-content: start; }
  .alone > * { grid-column: 1; }
  .alone > [data-thresholds] { grid-column: 1 / -1; display: grid; grid-template-columns: 1fr 1fr; column-gap: 40px; align-content: start; grid-template-rows: repeat(4, auto) 1fr; }
  .alone [data-chart] { grid-area: 1 / 2 / span 5 / 3; }
  .alone > .chart { grid-area: 1 / 2 / span 5 / 3; margin-top: 0; }
  .card { padding: 22px 24px; }
}
@media print {
  :root {
    color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --faint: #f3f4f6;
    --right: #1f5fd0; --wrong: #b64a04; --heat-right: #8ab6f8; --heat-wrong: #f3a970; --second: #00796b; --shadow: none;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 11pt; } .page { max-width: none; padding: 0; }
  .contents, .popover, .skip, input[type="range"] { display: none; }
  .grid { display: block; } .card, .headline { margin-bottom: 12pt; border-color: #bbb; }
  .card.half, .headline, figure, .metric, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; } .chart { max-width: 360pt; }
}
`;
