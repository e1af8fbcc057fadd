/** Several runs side by side: their results, what was different about them, their curves. */

import { formatCount, formatDuration } from "../../src/core/cli/console.ts";
import { withoutControls } from "../../src/core/cli/without-controls.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import { drawChart } from "./chart.ts";
import { comparisonChart, smooth, trainingLoss } from "./curves.ts";
import { markup, type Markup } from "./markup.ts";
import { htmlTable, page } from "./page.ts";
import { numberTable } from "./plain-text.ts";
import type { ReportInput } from "./report.ts";
import { metricsTable, progressOf, wordsOf, type Table } from "./tables.ts";
import { textCurve } from "./text-curve.ts";

const CHART = { width: 880, height: 380 };

export function describeComparison(runs: readonly ReportInput[]): string {
  const curves = runs.map(
    ({ run, metrics }) => `${run.name}, training loss\n${textCurve(smooth(trainingLoss(metrics)))}`,
  );
  const parts = [
    numberTable(workTable(runs)),
    numberTable(scoresTable(runs)),
    numberTable(differencesTable(runs)),
    ...curves,
    ...doubtsAbout(runs.map(({ run }) => run)),
  ];
  return withoutControls(parts.join("\n\n"));
}

export function comparisonHtml(runs: readonly ReportInput[]): string {
  const charted = runs.map(({ run, metrics }) => ({ name: run.name, metrics }));
  const title = runs.map(({ run }) => run.name).join(" · ");
  const doubts = doubtsAbout(runs.map(({ run }) => run));
  return page(
    title,
    markup`<h1>${title}</h1>
${doubts.map((doubt) => markup`<p class="soft">${doubt}</p>`)}
<section class="card chart-box">${drawChart(comparisonChart(charted, "steps"), CHART)}</section>
<section class="card chart-box">${drawChart(comparisonChart(charted, "time"), CHART)}</section>
${[workTable(runs), scoresTable(runs), differencesTable(runs)].map(card)}`,
  );
}

/** Why a figure of one must not be held against the other's. */
export function doubtsAbout(runs: readonly RunRecord[]): string[] {
  const differ = (what: (run: RunRecord) => string) => new Set(runs.map(what)).size > 1;
  const doubts: string[] = [];
  if (
    differ(({ data }) =>
      data.files
        .map(({ sha256 }) => sha256)
        .sort()
        .join(),
    )
  ) {
    doubts.push(
      "They learnt from different files and were tested on different conversations: score them on the same ones with `lfz eval DIR --data FILE`.",
    );
  }
  if (differ(({ tokenizerHash }) => tokenizerHash)) {
    doubts.push(
      "Their tokenizers differ: loss and perplexity count different tokens, only bits per byte compare.",
    );
  }
  return doubts;
}

function workTable(runs: readonly ReportInput[]): Table {
  const row = (title: string, cell: (input: ReportInput) => string) => [title, ...runs.map(cell)];
  return {
    head: ["Work", ...runs.map(({ run }) => run.name)],
    rows: [
      row("Status", ({ run }) => run.status),
      row("Parameters", ({ run }) => formatCount(parameterCount(run.model))),
      row("Steps", ({ metrics }) => progressOf(metrics).steps.toLocaleString("en")),
      row("Tokens", ({ metrics }) => formatCount(progressOf(metrics).tokens)),
      row("Time", ({ metrics }) => formatDuration(progressOf(metrics).seconds * 1000)),
    ],
  };
}

/** On the test split, of those runs that have come so far. */
function scoresTable(runs: readonly ReportInput[]): Table {
  const columns = runs.flatMap(({ run }) =>
    run.results.test ? [{ title: run.name, metrics: run.results.test }] : [],
  );
  const { head, rows } = metricsTable(columns);
  return { head: ["Test", ...head.slice(1)], rows: columns.length > 0 ? rows : [] };
}

function differencesTable(runs: readonly ReportInput[]): Table {
  const settings = runs.map(({ run }) => settingsOf(run));
  const keys = [...new Set(settings.flatMap((each) => Object.keys(each)))];
  const rows = keys
    .map((key) => [key, ...settings.map((each) => each[key] ?? "-")])
    .filter(([, ...values]) => new Set(values).size > 1);
  return { head: ["Different", ...runs.map(({ run }) => run.name)], rows };
}

function settingsOf({ model, training, seed, base, machine }: RunRecord): Record<string, string> {
  const all = { ...model, ...training, seed, from: base?.name, cpu: machine.cpu };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key,
      value === undefined || value === null ? "-" : wordsOf(value),
    ]),
  );
}

function card(table: Table): Markup {
  if (table.rows.length === 0) return markup``;
  return markup`<section class="card">${htmlTable(table, "figures")}</section>
`;
}
