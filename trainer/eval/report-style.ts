/** How a report looks: one column, large figures, light or dark as the reader has it, fit for a phone. */

export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #f4f6f8; --card: #ffffff; --text: #1c2128; --soft: #5d6673;
  --line: #e3e7ec; --accent: #2563eb; --user: #e8effd; --good: #15803d; --bad: #b91c1c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0b0e12; --card: #12161c; --text: #e6eaf0; --soft: #97a1af;
    --line: #262d37; --accent: #74a7ff; --user: #1b2638; --good: #4ade80; --bad: #f87171; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 920px; margin: 0 auto; padding: 28px 16px 56px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 17px; }
h3 { margin: 18px 0 8px; font-size: 14px; color: var(--soft); font-weight: 600; }
p { margin: 6px 0 0; }
.soft { color: var(--soft); }
.status { display: inline-block; margin-left: 8px; padding: 2px 10px; border-radius: 999px;
  border: 1px solid currentColor; font-size: 13px; font-weight: 600; vertical-align: 4px; color: var(--soft); }
.status.finished { color: var(--good); }
.status.failed { color: var(--bad); }
.card { margin-top: 16px; padding: 18px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin-top: 18px; }
.tile { padding: 14px 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.tile b { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.chart-box svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; }
.pair .card { min-width: 0; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td { font-variant-numeric: tabular-nums; }
.facts { table-layout: fixed; }
.facts td { overflow-wrap: anywhere; }
.facts th:first-child { width: 34%; }
.facts td:first-child { color: var(--soft); }
.figures th:not(:first-child), .figures td:not(:first-child) { text-align: right; white-space: nowrap; }
.figures :is(th, td):last-child { padding-right: 0; }
.sources { min-width: 560px; }
.sources td:first-child { overflow-wrap: anywhere; }
.hash { min-width: 760px; }
.hash td:last-child { font: 12px/1.8 ui-monospace, SFMono-Regular, Menlo, monospace; }
table + table, .scroll + .scroll { margin-top: 14px; }
.said { margin: 0 0 8px; padding: 8px 12px; border-radius: 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.said.you { margin-left: 12%; background: var(--user); }
.said.bot { margin-right: 12%; margin-bottom: 16px; border: 1px solid var(--line); }
details { margin-top: 8px; border-top: 1px solid var(--line); padding-top: 8px; }
summary { cursor: pointer; color: var(--accent); }
details > :not(summary) { margin-top: 10px; }
.intro { margin: 0 0 14px; }
@media (max-width: 640px) {
  main { padding: 18px 10px 40px; }
  .card { padding: 14px 12px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile b { font-size: 22px; }
  .pair { grid-template-columns: 1fr; gap: 0; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print { body { background: none; } .card, .tile { break-inside: avoid; } }
`;
