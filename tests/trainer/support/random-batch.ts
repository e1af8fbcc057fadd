/** Batches of chance tokens, laid out like real ones: packed conversations, padding, targets that do not count. */

import type { Random } from "../../../src/core/random.ts";
import type { Batch } from "../../../trainer/data/batch.ts";

export interface BatchLayout {
  readonly rows: number;
  readonly context: number;
  readonly vocabSize: number;
  /** Lengths of the conversations of a row; what is left of it is padding. One that fills it by default. */
  readonly segments?: readonly number[];
  /** The share of targets that count. */
  readonly counted?: number;
}

export function randomBatch(random: Random, layout: BatchLayout): Batch {
  const { rows, context, vocabSize, segments = [context], counted = 1 } = layout;
  const cells = rows * context;
  const batch: Batch = {
    rows,
    context,
    tokens: Int32Array.from({ length: cells }, () => random.below(vocabSize)),
    targets: Int32Array.from({ length: cells }, () => random.below(vocabSize)),
    weights: new Float32Array(cells),
    segments: new Int32Array(cells),
  };
  for (let row = 0; row < rows; row++) {
    let cell = row * context;
    for (const [index, length] of segments.entries()) {
      for (const end = cell + length; cell < end; cell++) {
        batch.segments[cell] = index + 1;
        batch.weights[cell] = random.next() < counted ? 1 : 0;
      }
    }
  }
  return batch;
}
