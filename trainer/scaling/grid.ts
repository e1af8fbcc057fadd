/**
 * The runs behind a fit: every preset of the grid for every length, each a
 * training of its own with a whole schedule of its own, because a run that is
 * cut short is worse than one that was meant to be short (Hoffmann et al.,
 * 2022, appendix B).
 *
 * Each is an ordinary experiment under a name that says what it is of. What
 * is finished is never trained again, what was cut off goes on.
 */

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Console } from "../../src/core/cli/console.ts";
import { formatDuration } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { readMetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { EXPERIMENTS_ROOT, experimentPaths } from "../../src/core/experiment/paths.ts";
import { readRunRecord } from "../../src/core/experiment/run-record.ts";
import { nonEmbeddingCount } from "../../src/core/model/parameters.ts";
import type { PresetName } from "../../src/core/model/config.ts";
import type { FittedRun } from "./fit-file.ts";

/** Small enough to learn something in minutes, and different enough to show what size does. */
export const GRID_PRESETS = ["nano", "micro", "mini"] as const satisfies PresetName[];
export const MINUTES_EACH: readonly number[] = [2, 4, 8];

export interface Cell {
  /** The experiment's. */
  readonly name: string;
  readonly preset: string;
  readonly minutes: number;
}

export interface GridTrainer {
  /** @param tokenizer the folder of one, from the second run on: all runs speak the same tokens */
  start(cell: Cell, tokenizer: string | undefined): Promise<unknown>;
  resume(cell: Cell): Promise<unknown>;
}

/** @param label sets the runs of one corpus and one choice of settings apart from all others */
export function gridOf(label: string, minutesEach: readonly number[]): Cell[] {
  return minutesEach.flatMap((minutes) =>
    GRID_PRESETS.map((preset) => ({
      name: `scaling-${label}-${preset}-${minutes}`,
      preset,
      minutes,
    })),
  );
}

/** The runs of the grid, or those that are finished when somebody says stop. */
export async function trainGrid(
  cells: readonly Cell[],
  trainer: GridTrainer,
  { console, signal }: { readonly console: Pick<Console, "note">; readonly signal: AbortSignal },
): Promise<FittedRun[]> {
  const runs: FittedRun[] = [];
  for (const [i, cell] of cells.entries()) {
    const before = await readFinished(cell);
    if (before) {
      runs.push(before);
      continue;
    }
    if (signal.aborted) break;
    console.note(
      `\nRun ${i + 1} of ${cells.length}: ${cell.preset} for ${formatDuration(cell.minutes * 60_000)}; ` +
        `${formatDuration(minutesOf(cells.slice(i)) * 60_000)} of training are left, and a little more to judge each.`,
    );
    const first = runs.length > 0 ? folderOf(runs[0]) : undefined;
    await (existsSync(folderOf(cell)) ? trainer.resume(cell) : trainer.start(cell, first));
    const run = await readFinished(cell);
    if (!run) break;
    // three quarters of its megabytes, which only going on would need
    await rm(experimentPaths(folderOf(cell)).checkpoint, { recursive: true });
    runs.push(run);
  }
  return runs;
}

function minutesOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { minutes }) => sum + minutes, 0);
}

const folderOf = ({ name }: Cell) => join(EXPERIMENTS_ROOT, name);

/** What a run of the grid has come to; nothing while it is not finished. */
async function readFinished(cell: Cell): Promise<FittedRun | undefined> {
  const folder = folderOf(cell);
  if (!existsSync(folder)) return undefined;
  const { status, results, model, data } = await readRunRecord(folder);
  if (status !== "finished") return undefined;
  const { validation } = results;
  const end = (await readMetricsLog(experimentPaths(folder).metrics)).findLast(
    (line) => line.type !== "note",
  );
  if (!validation || validation.bytes === 0 || !end) {
    throw new HintedError(`${folder} has nothing that a fit could use: no text to validate with.`, {
      hint: "Fit on more conversations.",
    });
  }
  const bytesPerToken = validation.bytes / validation.tokens;
  return {
    ...cell,
    parameters: nonEmbeddingCount(model),
    steps: end.step,
    tokens: end.tokens,
    seconds: end.seconds,
    bytes: end.tokens * bytesPerToken,
    uniqueBytes: data.tokens.train * bytesPerToken,
    bitsPerByte: validation.bitsPerByte,
  };
}
