/**
 * The frozen reference: what the model gave for every reply before its first
 * step, and what it said itself to held-out prompts. Measured once and kept
 * beside the checkpoints, so that no second model has to stay in memory.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import type { Batch } from "../data/batch.ts";
import { SPLITS, type SplitName } from "../data/split.ts";
import type { Evaluator } from "../eval/evaluator.ts";
import { batchesOf, type Placed } from "./comparison-batches.ts";
import type { ComparisonSet } from "./comparison-set.ts";
import { comparisonsOf } from "./compared-loss.ts";

/** A reply of the reference: the tokens with their prompt, and log π_ref of each said token. */
const OwnReply = z.strictObject({
  ids: z.array(z.int()),
  replyStart: z.int(),
  logProbabilities: z.array(z.number()),
});
export type OwnReply = z.infer<typeof OwnReply>;

const Reference = z.strictObject({
  /** log π_ref of the replies of every comparison, two each. */
  replies: z.record(z.enum(SPLITS), z.array(z.number())),
  own: z.array(OwnReply),
});
export type Reference = z.infer<typeof Reference>;

const referencePath = (folder: string) => join(folder, "reference.json");

/** @param evaluator over the weights as they are before the first step */
export async function measureReference(
  folder: string,
  evaluator: Evaluator,
  sets: Readonly<Record<SplitName, ComparisonSet>>,
  said: readonly Omit<OwnReply, "logProbabilities">[],
  signal: AbortSignal,
): Promise<Reference> {
  const reference: Reference = { replies: { train: [], validation: [], test: [] }, own: [] };
  for (const split of SPLITS) {
    reference.replies[split] = await replyNats(evaluator, sets[split], signal);
  }
  const nats = await tokenNats(evaluator, said, sets.validation.pad);
  reference.own = said.map((one, i) => ({
    ...one,
    logProbabilities: nats[i].map((nat) => -nat),
  }));
  await writeFileAtomic(referencePath(folder), JSON.stringify(reference));
  return reference;
}

/** @throws HintedError if the run that goes on has lost its reference */
export async function readReference(folder: string): Promise<Reference> {
  const path = referencePath(folder);
  try {
    return Reference.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new HintedError(`${path} is gone or damaged: the run has lost its frozen reference.`, {
      hint: "Restore the file from a backup, or train again under another --name.",
      cause,
    });
  }
}

/**
 * KL(π_ref ‖ π) a token, in nats: 0 where nothing has changed, never below. On tokens that the
 * reference drew itself, the mean of r − 1 − log r with r = π / π_ref (Schulman, "Approximating KL
 * divergence", 2020, estimator k3). NaN without held-out prompts.
 */
export async function klFromReference(
  evaluator: Evaluator,
  own: Reference["own"],
  pad: number,
): Promise<number> {
  let sum = 0;
  let tokens = 0;
  for (const [reply, nats] of (await tokenNats(evaluator, own, pad)).entries()) {
    for (const [i, nat] of nats.entries()) {
      const logRatio = -nat - own[reply].logProbabilities[i];
      sum += Math.expm1(logRatio) - logRatio;
      tokens++;
    }
  }
  return sum / tokens;
}

/** log π of every reply of the set as the weights are. */
async function replyNats(
  evaluator: Evaluator,
  set: ComparisonSet,
  signal: AbortSignal,
): Promise<number[]> {
  const found: number[] = [];
  await evaluator.scoreBatches(batchesOf(unmeasured(set), { ...evaluator.shape, pad: set.pad }), {
    signal,
    onBatch: (batch, nats) => found.push(...logProbabilitiesOf(batch, nats)),
  });
  return found;
}

function* unmeasured(set: ComparisonSet): Generator<Placed> {
  for (let i = 0; i < set.count; i++) {
    yield { replies: set.read(i).replies, reference: [], importance: 1 };
  }
}

/** Two for each comparison of the batch. */
export function logProbabilitiesOf(batch: Batch, nats: Float32Array): Float64Array {
  const { count, slots } = comparisonsOf(batch);
  const sums = new Float64Array(2 * count);
  slots.forEach((slot, cell) => {
    if (slot >= 0) sums[slot] -= nats[cell];
  });
  return sums;
}

/** For each reply, −log π of each of its tokens. */
async function tokenNats(
  evaluator: Evaluator,
  said: readonly Pick<OwnReply, "ids" | "replyStart">[],
  pad: number,
): Promise<number[][]> {
  const placed = said.map(({ ids, replyStart }): Placed => {
    const reply = { ids: Int32Array.from(ids), replyStart, wanted: true };
    return { replies: [reply], reference: [], importance: 1 };
  });
  const found: number[][] = [];
  await evaluator.scoreBatches(batchesOf(placed, { ...evaluator.shape, pad }), {
    onBatch(batch, nats) {
      const { count, slots } = comparisonsOf(batch);
      const replies = Array.from({ length: count }, (): number[] => []);
      slots.forEach((slot, cell) => {
        if (slot >= 0) replies[slot / 2].push(nats[cell]); // alone in its comparison
      });
      found.push(...replies);
    },
  });
  return found;
}
