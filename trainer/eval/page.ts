/** The page that reports are told on: one file, without a script or a request. */

import { CHART_STYLE } from "./chart.ts";
import { markup, Markup } from "./markup.ts";
import { REPORT_STYLE } from "./report-style.ts";
import type { Table } from "./tables.ts";

export function page(title: string, content: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(REPORT_STYLE)}${new Markup(CHART_STYLE)}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.text;
}

/** Nothing of a table without rows. */
export function htmlTable({ head, rows }: Table, style: string): Markup {
  if (rows.length === 0) return markup``;
  return markup`<div class="scroll"><table class="${style}"><thead><tr>${head.map((cell) => markup`<th>${cell}</th>`)}</tr></thead><tbody>
${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}
