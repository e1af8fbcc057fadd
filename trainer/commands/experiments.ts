/** `lfz experiments`: the runs on this machine, as a table and one by one. */

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { formatCount } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import {
  listExperiments,
  requireExperiment,
  type ListedExperiment,
} from "../../src/core/experiment/experiments.ts";
import { readMetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import { readReportInput } from "../eval/read-report-input.ts";
import { describeRun } from "../eval/show-run.ts";
import { figure, progressOf } from "../eval/tables.ts";
import { toColumns } from "../eval/text-table.ts";
import { experimentsFlags } from "./experiments-flags.ts";

export const experimentsList = defineCommand({
  name: "experiments list",
  summary: "List the runs with their results",
  usage: "[--sort name|loss|bits] [--root DIR]",
  flags: experimentsFlags.extend({
    sort: z
      .enum(["name", "loss", "bits"])
      .default("name")
      .describe("by name, or the best first: by test loss, by bits per byte"),
  }),
  async run({ root, sort }, { console }) {
    const rows = await Promise.all((await listExperiments(root)).map(readRow));
    if (sort !== "name") rows.sort((a, b) => rank(a, sort) - rank(b, sort));
    if (rows.length === 0) {
      console.print(`There are no experiments in ${root} yet: \`lfz train\` makes one.`);
    } else {
      const head = ["name", "status", "parameters", "minutes", "test loss", "bits per byte"];
      console.print(toColumns(head, rows.map(wordsOfRow), { right: [2, 3, 4, 5] }));
    }
    for (const { problem } of rows) if (problem) console.note(problem);
    return { experiments: rows };
  },
});

/** What `lfz experiments` means without another word. */
export const experiments = defineCommand({
  ...experimentsList,
  name: "experiments",
  summary: "The same as `lfz experiments list`",
});

export const experimentsShow = defineCommand({
  name: "experiments show",
  summary: "Show one run: results, settings, data, latest samples",
  usage: "NAME [--root DIR]",
  flags: experimentsFlags,
  positionals: { name: "NAME", min: 1, max: 1 },
  examples: ["lfz experiments show 2026-11-23-mini-1"],
  async run({ root, positionals: [name = ""] }, { console }) {
    const folder = await requireExperiment(root, name);
    const shown = await readReportInput(folder);
    console.print(describeRun(shown));
    console.print(`\nMore to look at: ${experimentPaths(folder).report}`);
    const { run, metrics, samples, lineage } = shown;
    const people = lineage?.authors.length ?? 0;
    return { run, progress: progressOf(metrics), samples: samples.at(-1) ?? null, people };
  },
});

interface Row {
  readonly name: string;
  readonly status: RunRecord["status"] | "unreadable";
  /** Why, for an unreadable one. */
  readonly problem?: string;
  readonly parameters: number | null;
  readonly minutes: number | null;
  readonly testLoss: number | null;
  readonly bitsPerByte: number | null;
}

async function readRow({ name, folder, run }: ListedExperiment): Promise<Row> {
  if (run instanceof HintedError) return unreadable(name, run);
  try {
    const { seconds } = progressOf(await readMetricsLog(experimentPaths(folder).metrics));
    return {
      name,
      status: run.status,
      parameters: parameterCount(run.model),
      minutes: seconds / 60,
      testLoss: run.results.test?.loss ?? null,
      bitsPerByte: run.results.test?.bitsPerByte ?? null,
    };
  } catch (error) {
    if (error instanceof HintedError) return unreadable(name, error);
    throw error;
  }
}

/** Runs without a result come last, in the order they had. */
function rank({ testLoss, bitsPerByte }: Row, sort: "loss" | "bits"): number {
  return (sort === "loss" ? testLoss : bitsPerByte) ?? Number.MAX_VALUE;
}

function unreadable(name: string, { message }: HintedError): Row {
  const nothing = { parameters: null, minutes: null, testLoss: null, bitsPerByte: null };
  return { name, status: "unreadable", problem: message, ...nothing };
}

function wordsOfRow(row: Row): string[] {
  return [
    row.name,
    row.status,
    row.parameters === null ? "-" : formatCount(row.parameters),
    row.minutes === null ? "-" : row.minutes.toFixed(1),
    row.testLoss === null ? "-" : figure(row.testLoss),
    row.bitsPerByte === null ? "-" : figure(row.bitsPerByte),
  ];
}
