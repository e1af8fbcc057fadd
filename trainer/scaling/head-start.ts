/**
 * Little text teaches a new model little. Would one that has read more go
 * further, if it were taught the same?
 */

import type { Promising } from "./advice.ts";

/** With more text, in bytes, a new model comes to know more than a small one that is there. */
export const LITTLE_TEXT = 4e6;

/**
 * What is left of a model's bits a byte once it was taught the text: 0.74 with 50 kB of a corpus
 * that the starter has never read, 0.67 with 200 kB (experiments/LOG.md).
 */
const LEFT_AFTER_TEACHING = 0.75;

/** A model to begin with. */
export interface HeadStart {
  readonly folder: string;
  /** Of the text, all turns, before it was taught any of it. */
  readonly bitsPerByte: number;
  /** About what teaching makes of that. */
  readonly promise: number;
}

export function headStartOf(folder: string, bitsPerByte: number): HeadStart {
  return { folder, bitsPerByte, promise: LEFT_AFTER_TEACHING * bitsPerByte };
}

/** Whether it promises more than a new model does. */
export function isAhead({ promise }: HeadStart, best: Promising | undefined): boolean {
  return best === undefined || promise < best.prediction.bitsPerByte;
}
