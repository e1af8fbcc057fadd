/**
 * How often each pair of neighbours occurs, in which words, and which pair is
 * the most frequent now.
 *
 * The queue is lazy: counts of pairs only fall once they are queued, so an
 * entry that is out of date is put back when it comes to the top.
 */

import type { TokenId } from "../../src/core/tokenizer/tokenizer.ts";

export interface Pair {
  readonly left: TokenId;
  readonly right: TokenId;
  count: number;
  /** Numbers of words that hold the pair or once held it; some stand twice. */
  readonly words: number[];
}

export class PairCounts {
  readonly #pairs = new Map<number, Pair>();
  readonly #stride: number;
  #fresh: Pair[] = [];
  readonly #queue = new PairQueue();

  constructor(vocabSize: number) {
    this.#stride = vocabSize;
  }

  add(left: TokenId, right: TokenId, count: number, word: number): void {
    const key = left * this.#stride + right;
    let pair = this.#pairs.get(key);
    if (!pair) {
      pair = { left, right, count: 0, words: [] };
      this.#pairs.set(key, pair);
      this.#fresh.push(pair);
    }
    pair.count += count;
    if (pair.words.at(-1) !== word) pair.words.push(word);
  }

  remove(left: TokenId, right: TokenId, count: number): void {
    const pair = this.#pairs.get(left * this.#stride + right);
    if (pair) pair.count -= count;
  }

  /** Takes out the most frequent pair; among equals the one of lower ids. */
  takeBest(): Pair | undefined {
    for (const pair of this.#fresh) this.#queue.push({ count: pair.count, pair });
    this.#fresh = [];
    for (let top = this.#queue.pop(); top; top = this.#queue.pop()) {
      const { pair, count } = top;
      if (pair.count === count) {
        this.#pairs.delete(pair.left * this.#stride + pair.right);
        return pair;
      }
      if (pair.count > 0) this.#queue.push({ count: pair.count, pair });
    }
    return undefined;
  }
}

interface Entry {
  readonly count: number;
  readonly pair: Pair;
}

function goesBefore(a: Entry, b: Entry): boolean {
  if (a.count !== b.count) return a.count > b.count;
  if (a.pair.left !== b.pair.left) return a.pair.left < b.pair.left;
  return a.pair.right < b.pair.right;
}

/** A binary heap. */
class PairQueue {
  readonly #entries: Entry[] = [];

  push(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!goesBefore(entry, entries[parent])) break;
      entries[at] = entries[parent];
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): Entry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (!last || entries.length === 0) return top;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && goesBefore(entries[child + 1], entries[child])) child++;
      if (!goesBefore(entries[child], last)) break;
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = last;
    return top;
  }
}
