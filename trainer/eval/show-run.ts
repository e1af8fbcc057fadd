/** A run as plain text, for the terminal: what the report shows, in brief. */

import { smooth, trainingLoss } from "./curves.ts";
import type { ReportInput } from "./report.ts";
import {
  dataTable,
  figure,
  bestValidation,
  modelTable,
  originTable,
  resultsTable,
  settingsTable,
  sourcesTable,
  summaryOf,
  type Table,
} from "./tables.ts";
import { textCurve } from "./text-curve.ts";
import { toColumns } from "./text-table.ts";

export function describeRun({ run, metrics, samples }: ReportInput): string {
  const best = bestValidation(metrics);
  const latest = samples.at(-1);
  const parts = [
    `${run.name} (${run.status})\n${summaryOf(run, metrics)}`,
    best && `Best validation loss ${figure(best.loss)} at step ${best.step}`,
    lossCurve(metrics),
    (run.results.validation ?? run.results.test) && numbers(resultsTable(run)),
    numbers(dataTable(run)),
    text(sourcesTable(run)),
    text(modelTable(run)),
    text(settingsTable("Training", run.training)),
    text(settingsTable("Command line", run.flags)),
    text(originTable(run)),
    latest && `Said at step ${latest.step}\n${latest.samples.map(saying).join("\n")}`,
  ];
  return toPlainText(parts.filter((part) => typeof part === "string").join("\n\n"));
}

function lossCurve(metrics: ReportInput["metrics"]): string | undefined {
  const curve = textCurve(smooth(trainingLoss(metrics)));
  return curve === "" ? undefined : `Training loss over steps\n${curve}`;
}

/** What a model or a file says must not steer the terminal. */
function toPlainText(words: string): string {
  return words.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}

function numbers({ head, rows }: Table): string {
  return toColumns(head, rows, { right: head.map((_, column) => column).slice(1) });
}

function text({ head, rows }: Table): string {
  return toColumns(head, rows);
}

function saying({ prompt, reply }: { readonly prompt: string; readonly reply: string }): string {
  return `  > ${prompt}\n    ${reply === "" ? "(silence)" : reply.replaceAll("\n", "\n    ")}`;
}
