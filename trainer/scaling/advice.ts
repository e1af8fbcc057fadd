/** Which preset to train: the candidate that the law promises the fewest bits a byte. */

import { candidatesOf, type Candidate, type Machine } from "./candidates.ts";
import type { Corpus } from "./corpus.ts";
import type { ScalingFit } from "./fit-file.ts";
import { settledRuns } from "./fit-law.ts";
import { bitsPerByteOf, effectiveBytes, type Scale } from "./law.ts";

/** Standard errors to either side. */
const SPREAD = 2;
/** This many times smaller or larger than anything fitted, a prediction is a guess. */
const FAR = 4;

export interface Prediction {
  readonly bitsPerByte: number;
  readonly low: number;
  readonly high: number;
  /** Far outside of what was fitted. */
  readonly isFar: boolean;
}

export interface Promising extends Candidate {
  readonly prediction: Prediction;
}

export interface Advice {
  readonly candidates: readonly Promising[];
  /** Nothing where no preset that suits the text fits into the memory. */
  readonly best: Promising | undefined;
}

export function adviseOn(
  corpus: Corpus,
  machine: Machine,
  minutes: number,
  fit: ScalingFit,
): Advice {
  const candidates = candidatesOf(corpus, machine, minutes).map((candidate) => ({
    ...candidate,
    prediction: predict(fit, candidate.scale),
  }));
  const best = candidates
    .filter(isPossible)
    .toSorted((a, b) => a.prediction.bitsPerByte - b.prediction.bitsPerByte)
    .at(0);
  return { candidates, best };
}

/** The others whose range the best one's figure lies in: nobody can tell which is better. */
export function asGoodAs({ candidates, best }: Advice): readonly Promising[] {
  if (!best) return [];
  return candidates.filter(
    (other) =>
      other !== best && isPossible(other) && other.prediction.low <= best.prediction.bitsPerByte,
  );
}

function isPossible({ fitsIntoMemory, suitsText }: Candidate): boolean {
  return fitsIntoMemory && suitsText;
}

export function predict({ law, error, runs: all }: ScalingFit, scale: Scale): Prediction {
  const runs = settledRuns(all);
  const bitsPerByte = bitsPerByteOf(law, scale);
  const sizes = runs.map(({ parameters }) => parameters);
  const isNear =
    isNearTo(sizes, scale.parameters) && isNearTo(runs.map(effectiveBytes), effectiveBytes(scale));
  return {
    bitsPerByte,
    low: Math.max(0, bitsPerByte * (1 - SPREAD * error)),
    high: bitsPerByte * (1 + SPREAD * error),
    isFar: !isNear,
  };
}

function isNearTo(fitted: readonly number[], value: number): boolean {
  return value >= Math.min(...fitted) / FAR && value <= Math.max(...fitted) * FAR;
}
