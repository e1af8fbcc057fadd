/**
 * How good a model gets, from its size and the text it has read:
 *
 *     L(N, D) = E + A / N^alpha + B / D^beta
 *
 * (Hoffmann et al., 2022, "Training compute-optimal large language models",
 * section 3.3), here in bits a byte of held-out text, with N the parameters
 * outside the embedding and D in bytes, so that vocabularies can be compared.
 * Text read again counts less each time (Muennighoff et al., 2023, "Scaling
 * data-constrained language models", section 3).
 */

import { z } from "zod";

/** The paper's letters; none of the terms can be negative. */
export const ScalingLaw = z.strictObject({
  E: z.number().nonnegative(),
  A: z.number().nonnegative(),
  alpha: z.number().positive(),
  B: z.number().nonnegative(),
  beta: z.number().positive(),
});

export type ScalingLaw = z.infer<typeof ScalingLaw>;

/** A training as the law sees it. */
export interface Scale {
  /** Outside the embedding. */
  readonly parameters: number;
  /** Of text, those read again counted again. */
  readonly bytes: number;
  /** Of different text. */
  readonly uniqueBytes: number;
}

/**
 * R*: what repetitions without end are worth, in readings of new text. The paper's own is 15.39, for
 * models a hundred times larger; runs of `nano` that were ended early, on 50 and 200 kB, came to 6.2
 * and 4.4 (experiments/LOG.md).
 */
const REPETITIONS = 5;

export function bitsPerByteOf({ E, A, alpha, B, beta }: ScalingLaw, scale: Scale): number {
  return E + A / scale.parameters ** alpha + B / effectiveBytes(scale) ** beta;
}

/** D' = U + U R* (1 - exp(-R / R*)): U bytes, and R repetitions of them after the first reading. */
export function effectiveBytes({ bytes, uniqueBytes }: Omit<Scale, "parameters">): number {
  if (bytes <= uniqueBytes) return bytes;
  const repetitions = bytes / uniqueBytes - 1;
  return uniqueBytes * (1 - REPETITIONS * Math.expm1(-repetitions / REPETITIONS));
}
