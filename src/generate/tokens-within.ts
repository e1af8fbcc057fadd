/** The tokens of a reply that people saw, where its end was cut off. */

import type { SaidToken } from "./types.ts";

/** How many tokens, from the first on, spell no more than `text`: one that reaches beyond it is out. */
export function countWithin(tokens: readonly SaidToken[], text: string): number {
  let left = Buffer.byteLength(text);
  for (const [index, { bytes }] of tokens.entries()) {
    left -= bytes.length;
    if (left < 0) return index;
  }
  return tokens.length;
}
