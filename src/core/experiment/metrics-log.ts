/**
 * `metrics.jsonl`: what a run measured, a JSON object a line, only appended.
 *
 * A crash may tear the last line; reading drops it and opening cuts it off.
 * A resumed run goes back to its checkpoint, so opening can also forget the
 * lines that were written after it: each step is then told once.
 */

import { open, type FileHandle } from "node:fs/promises";

import { z } from "zod";

import { HintedError, reasonOf } from "../errors.ts";
import { readIfThere, writeFileAtomic } from "../files.ts";
import { Figure, Metrics, PreferenceFigures } from "./run-record.ts";

/** Training lines between two syncs: what a power cut may cost. */
const SYNC_EVERY = 100;

/** Where in a run a line was written. */
const Moment = z.object({
  step: z.int().nonnegative(),
  /** Tokens trained on so far. */
  tokens: z.int().nonnegative(),
  /** Seconds of training so far, pauses between resumes left out. */
  seconds: z.number().nonnegative(),
});

export const TrainLine = Moment.extend({
  type: z.literal("train"),
  loss: Figure,
  learningRate: Figure,
  gradientNorm: Figure,
  tokensPerSecond: Figure,
  preference: PreferenceFigures.optional(),
});

export const EvaluationLine = Moment.extend({
  type: z.literal("evaluation"),
  split: z.enum(["validation", "test"]),
  ...Metrics.omit({ tokens: true, bytes: true }).shape,
  /** Target tokens scored, and the bytes they spell; `tokens` counts training. */
  scoredTokens: z.int().nonnegative(),
  scoredBytes: z.int().nonnegative(),
  /** The lowest validation loss so far. */
  best: z.boolean(),
});

const NoteLine = z.object({
  type: z.literal("note"),
  step: z.int().nonnegative(),
  text: z.string(),
});

export const MetricsLine = z.discriminatedUnion("type", [TrainLine, EvaluationLine, NoteLine]);

export type TrainLine = z.infer<typeof TrainLine>;
export type EvaluationLine = z.infer<typeof EvaluationLine>;
export type MetricsLine = z.infer<typeof MetricsLine>;

/** What an evaluation found, as a line; `moment` may know more than the line tells. */
export function toEvaluationLine(
  split: EvaluationLine["split"],
  { step, tokens, seconds }: Pick<EvaluationLine, "step" | "tokens" | "seconds">,
  { tokens: scoredTokens, bytes: scoredBytes, ...figures }: Metrics,
  best: boolean,
): EvaluationLine {
  const scored = { scoredTokens, scoredBytes };
  return { type: "evaluation", split, step, tokens, seconds, ...figures, ...scored, best };
}

/** Appends; await each call, so that lines keep their order. */
export interface MetricsLog {
  append(line: MetricsLine): Promise<void>;
  close(): Promise<void>;
}

/** Opens or begins a log; `afterStep` forgets every line of a later step. */
export async function openMetricsLog(
  path: string,
  options: { afterStep?: number } = {},
): Promise<MetricsLog> {
  await repair(path, options.afterStep ?? Infinity);
  return appendTo(await open(path, "a"));
}

/**
 * The lines of a log; none if there is no file.
 *
 * @throws HintedError if a line other than a torn last one cannot be read.
 */
export async function readMetricsLog(path: string): Promise<MetricsLine[]> {
  return wholeLines((await readIfThere(path)) ?? "").map((text, index) =>
    parseLine(text, path, index + 1),
  );
}

function appendTo(file: FileHandle): MetricsLog {
  let unsynced = 0;
  return {
    async append(line) {
      await file.writeFile(`${JSON.stringify(line)}\n`);
      unsynced++;
      if (line.type === "train" && unsynced < SYNC_EVERY) return;
      await file.sync();
      unsynced = 0;
    },
    async close() {
      await file.sync();
      await file.close();
    },
  };
}

async function repair(path: string, afterStep: number): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined) return;
  const kept = wholeLines(text).filter(
    (line, index) => parseLine(line, path, index + 1).step <= afterStep,
  );
  const repaired = kept.map((line) => `${line}\n`).join("");
  if (repaired !== text) await writeFileAtomic(path, repaired);
}

/** Every line is written with its newline, so what follows the last one is torn. */
function wholeLines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function parseLine(text: string, path: string, number: number): MetricsLine {
  const where = `${path}, line ${number}`;
  const hint = "Remove the line, or restore the file from a backup.";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HintedError(`${where} is not JSON (${reasonOf(cause)}).`, { hint, cause });
  }
  const parsed = MetricsLine.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HintedError(`${where}: ${issue?.path.join(".")}: ${issue?.message}.`, {
    hint,
    cause: parsed.error,
  });
}
