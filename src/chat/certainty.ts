/**
 * How sure a model was of what it said: on the whole, and word by word.
 *
 * Tokens are no words: " Par" and "is" are one, and it was as likely as both
 * of them together, 0.5 times 0.24.
 */

import type { SaidToken } from "../generate/types.ts";

export interface Certainty {
  /** Of the tokens, each by what the model held likely before it. */
  readonly meanProbability: number;
  /** As if it had wavered between so many tokens each time; 1 is certain. */
  readonly perplexity: number;
}

/** Nothing if nothing was said. */
export function certaintyOf(tokens: readonly SaidToken[]): Certainty | undefined {
  if (tokens.length === 0) return undefined;
  const mean = (valueOf: (token: SaidToken) => number) =>
    tokens.reduce((sum, token) => sum + valueOf(token), 0) / tokens.length;
  return {
    meanProbability: mean(({ logProbability }) => Math.exp(logProbability)),
    perplexity: Math.exp(-mean(({ logProbability }) => logProbability)),
  };
}

export interface SaidWord {
  readonly text: string;
  readonly probability: number;
}

/** What stands between spaces, in the order it was said. */
export function wordsOf(tokens: readonly SaidToken[]): SaidWord[] {
  const words: { bytes: number[]; logProbability: number }[] = [];
  let isBetween = true;
  for (const { bytes, logProbability } of tokens) {
    for (const [index, byte] of bytes.entries()) {
      if (isSpace(byte)) isBetween = true;
      else {
        if (isBetween) words.push({ bytes: [], logProbability: 0 });
        isBetween = false;
        words.at(-1)?.bytes.push(byte);
      }
      const isLast = index === bytes.length - 1;
      const word = words.at(-1);
      if (isLast && !isBetween && word) word.logProbability += logProbability; // the word it ends in
    }
  }
  return words.map(({ bytes, logProbability }) => ({
    text: Buffer.from(bytes).toString(),
    probability: Math.exp(logProbability),
  }));
}

/** The least likely first. */
export function leastSureOf(words: readonly SaidWord[], count: number): SaidWord[] {
  return [...words].sort((one, other) => one.probability - other.probability).slice(0, count);
}

/** ASCII's own; in UTF-8 no part of any other character. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
