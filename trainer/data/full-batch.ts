/** The most work that a batch can be, for measuring. */

import type { Random } from "../../src/core/random.ts";
import type { Batch } from "./batch.ts";

/** Chance for tokens; every row is one conversation as long as the context, every target counts. */
export function fullBatch(
  random: Random,
  {
    rows,
    context,
    vocabSize,
  }: { readonly rows: number; readonly context: number; readonly vocabSize: number },
): Batch {
  const cells = rows * context;
  const ids = () => Int32Array.from({ length: cells }, () => random.below(vocabSize));
  return {
    rows,
    context,
    tokens: ids(),
    targets: ids(),
    weights: new Float32Array(cells).fill(1),
    segments: new Int32Array(cells).fill(1),
  };
}
