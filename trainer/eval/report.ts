/**
 * `report.html`: a run on one page, in one file, without a script or a request.
 *
 * Knows how a run is told; the charts come from `curves.ts`, the words of the
 * tables from `tables.ts`. Whatever a person or a model wrote is escaped.
 */

import type { LineageFound } from "../../src/core/experiment/lineage.ts";
import type { MetricsLine } from "../../src/core/experiment/metrics-log.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { drawChart, type Chart } from "./chart.ts";
import { accuracyChart, lossChart, preferenceCharts, trainChart } from "./curves.ts";
import { markup, type Markup } from "./markup.ts";
import { htmlTable, page } from "./page.ts";
import type { SampleRound } from "./samples.ts";
import {
  bestValidation,
  dataTable,
  figure,
  filesTable,
  modelTable,
  originTable,
  percent,
  repliesTable,
  resultsTable,
  settingsTable,
  sourcesTable,
  summaryOf,
  whenOf,
} from "./tables.ts";

export interface ReportInput {
  readonly run: RunRecord;
  readonly metrics: readonly MetricsLine[];
  readonly samples: readonly SampleRound[];
  /** Whose words it has seen, where that is known. */
  readonly lineage?: LineageFound | undefined;
}

const WIDE = { width: 880, height: 380 };
const NARROW = { width: 350, height: 300 };
const SMALL = { width: 400, height: 240 };

export function reportHtml({ run, metrics, samples }: ReportInput): string {
  return page(
    run.name,
    markup`<h1>${run.name} <span class="status ${run.status}">${run.status}</span></h1>
<p class="soft">${summaryOf(run, metrics)}</p>
<p class="soft">Started ${whenOf(run.created)}</p>
${tiles(run, metrics)}
${metrics.length > 0 ? curves(metrics) : ""}
${results(run)}
${conversation(samples)}
${provenance(run)}
${settings(run)}
${notes(metrics)}`,
  );
}

/** The test split once it has been scored; before that, the best validation. */
function tiles(run: RunRecord, metrics: readonly MetricsLine[]): Markup {
  const [where, shown] = run.results.test
    ? ["test", run.results.test]
    : ["validation", run.results.validation ?? bestValidation(metrics)];
  if (!shown) return markup`<p class="soft">Nothing has been evaluated yet.</p>`;
  return markup`<div class="tiles">
${tile(`${where} loss`, figure(shown.loss))}${tile("bits per byte", figure(shown.bitsPerByte))}${tile("perplexity", figure(shown.perplexity, 1))}${tile("token accuracy", percent(shown.tokenAccuracy))}</div>`;
}

function tile(title: string, value: string): Markup {
  return markup`<div class="tile"><b>${value}</b><span class="soft">${title}</span></div>
`;
}

function curves(metrics: readonly MetricsLine[]): Markup {
  return markup`${large(lossChart(metrics, "steps"))}${large(lossChart(metrics, "time"))}
<div class="pair">
${preferenceCharts(metrics).map(small)}${small(trainChart(metrics, "Learning rate", "learningRate"))}${small(accuracyChart(metrics))}${small(trainChart(metrics, "Tokens a second", "tokensPerSecond"))}${small(trainChart(metrics, "Gradient norm", "gradientNorm"))}</div>`;
}

/** Drawn twice: shrinking the wide one would leave a phone with unreadable letters. */
function large(chart: Chart): Markup {
  return markup`<section class="card chart-box"><div class="wide">${drawChart(chart, WIDE)}</div><div class="narrow">${drawChart(chart, NARROW)}</div></section>
`;
}

function small(chart: Chart): Markup {
  return markup`<section class="card chart-box">${drawChart(chart, SMALL)}</section>
`;
}

function results(run: RunRecord): Markup {
  if (!run.results.validation && !run.results.test) return markup``;
  return card(
    "Results",
    markup`${htmlTable(resultsTable(run), "figures")}${replies(run)}${parity(run)}`,
  );
}

function replies({ results: { replies } }: RunRecord): Markup {
  if (!replies) return markup``;
  return markup`<h3>What its replies are like</h3>${htmlTable(repliesTable(replies), "figures")}`;
}

function parity(run: RunRecord): Markup {
  if (Object.keys(run.parity).length === 0) return markup``;
  return markup`<h3>Exports against the trained model</h3>${htmlTable(settingsTable("Format", run.parity), "facts")}`;
}

function conversation(samples: readonly SampleRound[]): Markup {
  const [latest, ...earlier] = [...samples].reverse();
  if (!latest) return markup``;
  return card(
    "What it says",
    markup`<p class="soft intro">The same prompts as training went, the latest first: step ${latest.step.toLocaleString("en")}.</p>${sayings(latest)}${earlierRounds(earlier)}`,
  );
}

function earlierRounds(rounds: readonly SampleRound[]): Markup {
  if (rounds.length === 0) return markup``;
  const told = rounds.map(
    (round) =>
      markup`<details><summary>Step ${round.step.toLocaleString("en")}</summary><div>${sayings(round)}</div></details>
`,
  );
  return markup`<details><summary>Earlier (${rounds.length})</summary><div>${told}</div></details>`;
}

function sayings({ samples }: SampleRound): Markup[] {
  return samples.map(
    ({ prompt, reply }) => markup`<div class="said you">${prompt}</div>
<div class="said bot">${reply === "" ? markup`<span class="soft">(silence)</span>` : reply}</div>
`,
  );
}

function provenance(run: RunRecord): Markup {
  return card(
    "Data",
    markup`${htmlTable(dataTable(run), "figures")}<h3>Where it comes from</h3>${htmlTable(sourcesTable(run), "sources")}
<details><summary>Files</summary>${htmlTable(filesTable(run), "hash")}</details>`,
  );
}

function settings(run: RunRecord): Markup {
  return card(
    "Settings",
    markup`${htmlTable(modelTable(run), "facts")}${htmlTable(settingsTable("Training", run.training), "facts")}${htmlTable(settingsTable("Command line", run.flags), "facts")}${htmlTable(originTable(run), "facts")}`,
  );
}

function notes(metrics: readonly MetricsLine[]): Markup {
  const rows = metrics.flatMap((line) =>
    line.type === "note" ? [[line.step.toLocaleString("en"), line.text]] : [],
  );
  if (rows.length === 0) return markup``;
  return card("Notes", htmlTable({ head: ["Step", ""], rows }, "facts"));
}

function card(title: string, content: Markup): Markup {
  return markup`<section class="card"><h2>${title}</h2>${content}</section>
`;
}
