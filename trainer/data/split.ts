/**
 * Which conversations are learnt from, and which are kept to judge by.
 *
 * The words of a conversation decide, through a hash, where it goes: adding
 * rows moves no old one, and copies of a conversation cannot end up on both
 * sides. Knows nothing of files or tokens.
 */

import { createHash } from "node:crypto";

import type { Message } from "../../src/core/chat/conversation.ts";

export const SPLITS = ["train", "validation", "test"] as const;
export type SplitName = (typeof SPLITS)[number];

/** On the line from 0 to 1: first the test split, then validation, and the rest is for training. */
const TEST_END = 0.02;
const VALIDATION_END = 0.04;
/** Of a corpus of more than a few conversations. */
export const TRAIN_SHARE = 1 - VALIDATION_END;

/** A point in [0, 1) that only the words decide; case and spacing do not count. */
export function pointOf(messages: readonly Message[]): number {
  const words = messages.map(({ role, content }) => [
    role,
    content.toLowerCase().replace(/\s+/g, " ").trim(),
  ]);
  const digest = createHash("sha256").update(JSON.stringify(words)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/**
 * Divides the line so that each split gets something to do, in a corpus of a
 * million conversations as in one of three. Only where a split would stay
 * empty do the borders move, to the nearest conversation.
 */
export function splitterOf(points: Float64Array): (point: number) => SplitName {
  let testEnd = TEST_END;
  let validationEnd = VALIDATION_END;
  if (!reachesAllSplits(points)) {
    const distinct = Float64Array.from(new Set(points)).sort();
    const most = distinct.length - 1;
    const wanted = (end: number) => distinct.filter((point) => point < end).length;
    const tests = clamp(wanted(testEnd), 1, most - 1);
    testEnd = distinct[tests];
    validationEnd = distinct[clamp(wanted(validationEnd), tests + 1, most)];
  }
  return (point) => (point < testEnd ? "test" : point < validationEnd ? "validation" : "train");
}

function reachesAllSplits(points: Float64Array): boolean {
  return (
    points.some((point) => point < TEST_END) &&
    points.some((point) => point >= TEST_END && point < VALIDATION_END) &&
    points.some((point) => point >= VALIDATION_END)
  );
}

/** With an upper bound below the lower one the upper bound wins: two conversations give no test, one gives only training. */
function clamp(value: number, low: number, high: number): number {
  return Math.max(0, Math.min(Math.max(value, low), high));
}
