/** A run as plain text, for the terminal: what the report shows, in brief. */

import { withoutControls } from "../../src/core/cli/without-controls.ts";
import { numberTable, textTable } from "./plain-text.ts";
import { smooth, trainingLoss } from "./curves.ts";
import type { ReportInput } from "./report.ts";
import {
  dataTable,
  figure,
  bestValidation,
  modelTable,
  originTable,
  peopleWords,
  repliesTable,
  resultsTable,
  settingsTable,
  sourcesTable,
  summaryOf,
} from "./tables.ts";
import { textCurve } from "./text-curve.ts";

export function describeRun({ run, metrics, samples, lineage }: ReportInput): string {
  const best = bestValidation(metrics);
  const latest = samples.at(-1);
  const parts = [
    `${run.name} (${run.status})\n${summaryOf(run, metrics)}`,
    best && `Best validation loss ${figure(best.loss)} at step ${best.step}`,
    lossCurve(metrics),
    (run.results.validation ?? run.results.test) && numberTable(resultsTable(run)),
    run.results.replies && numberTable(repliesTable(run.results.replies)),
    numberTable(dataTable(run)),
    textTable(sourcesTable(run)),
    peopleWords(lineage),
    textTable(modelTable(run)),
    textTable(settingsTable("Training", run.training)),
    textTable(settingsTable("Command line", run.flags)),
    textTable(originTable(run)),
    latest && `Said at step ${latest.step}\n${latest.samples.map(saying).join("\n")}`,
  ];
  return withoutControls(parts.filter((part) => typeof part === "string").join("\n\n"));
}

function lossCurve(metrics: ReportInput["metrics"]): string | undefined {
  const curve = textCurve(smooth(trainingLoss(metrics)));
  return curve === "" ? undefined : `Training loss over steps\n${curve}`;
}

function saying({ prompt, reply }: { readonly prompt: string; readonly reply: string }): string {
  return `  > ${prompt}\n    ${reply === "" ? "(silence)" : reply.replaceAll("\n", "\n    ")}`;
}
