/**
 * Which merge joins two ids: a hash table over the merges, without an object
 * per pair.
 */

import type { Merges } from "./definition.ts";
import type { TokenId } from "./tokenizer.ts";

/** The rank of pairs that no merge joins: later than all. */
export const NO_MERGE = 0x7fffffff;
const EMPTY = -1;

export class PairTable {
  readonly #merges: Merges;
  /** Ranks, each near the slot that its pair hashes to. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(merges: Merges) {
    const count = merges.left.length;
    let size = 16;
    while (size < 2 * count) size *= 2;
    this.#merges = merges;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(EMPTY);
    for (let rank = 0; rank < count; rank++) {
      const slot = this.#slotOf(merges.left[rank]!, merges.right[rank]!);
      if (this.#slots[slot] === EMPTY) this.#slots[slot] = rank;
    }
  }

  /** The number of the merge that joins the two, or `NO_MERGE`. */
  rankOf(left: TokenId, right: TokenId): number {
    const rank = this.#slots[this.#slotOf(left, right)]!;
    return rank === EMPTY ? NO_MERGE : rank;
  }

  resultOf(rank: number): TokenId {
    return this.#merges.result[rank]!;
  }

  /** The slot that holds the pair, or the empty one where it would be. */
  #slotOf(left: TokenId, right: TokenId): number {
    const { left: lefts, right: rights } = this.#merges;
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    for (let rank = this.#slots[slot]!; rank !== EMPTY; rank = this.#slots[slot]!) {
      if (lefts[rank] === left && rights[rank] === right) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}
