/**
 * Learns merges from counted pre-tokens: again and again the most frequent
 * pair of neighbours becomes a token, until the vocabulary is full or no pair
 * comes twice.
 *
 * Each merge touches only the words that hold its pair. Deterministic: the
 * order of the counts does not matter, ties go to the lower ids.
 */

import { setImmediate } from "node:timers/promises";

import { FIRST_BYTE, SMALLEST_VOCABULARY } from "../../src/core/tokenizer/definition.ts";
import type { TokenId } from "../../src/core/tokenizer/tokenizer.ts";
import { PairCounts, type Pair } from "./pair-counts.ts";

/** A pair seen once is no pattern. */
const FEWEST = 2;
/** How many merges run before others get a turn: Ctrl-C, the progress bar. */
const MERGES_AT_A_TIME = 32;

export interface LearntMerges {
  readonly pairs: readonly (readonly [left: TokenId, right: TokenId])[];
  /** How many tokens the corpus is after so many merges; the first is its bytes. */
  readonly tokensAfter: readonly number[];
  /** How often the last merge was seen; infinite without merges. */
  readonly rarest: number;
}

export interface LearnOptions {
  readonly vocabSize: number;
  readonly signal?: AbortSignal | undefined;
  readonly onMerge?: ((merges: number) => void) | undefined;
}

export async function learnMerges(
  counts: ReadonlyMap<string, number>,
  { vocabSize, signal, onMerge }: LearnOptions,
): Promise<LearntMerges> {
  const words = toWords(counts);
  const neighbours = countNeighbours(words, vocabSize);
  const pairs: [TokenId, TokenId][] = [];
  const tokensAfter = [words.counts.reduce((sum, count, i) => sum + count * words.lengths[i], 0)];
  let rarest = Infinity;
  while (SMALLEST_VOCABULARY + pairs.length < vocabSize) {
    if (pairs.length % MERGES_AT_A_TIME === 0) {
      onMerge?.(pairs.length);
      await setImmediate();
      signal?.throwIfAborted();
    }
    const best = neighbours.takeBest();
    if (!best || best.count < FEWEST) break;
    const merged = mergeEverywhere(best, SMALLEST_VOCABULARY + pairs.length, words, neighbours);
    pairs.push([best.left, best.right]);
    tokensAfter.push(tokensAfter[tokensAfter.length - 1] - merged);
    rarest = Math.min(rarest, merged);
  }
  return { pairs, tokensAfter, rarest };
}

/** All different pre-tokens in one array of ids; word i is `lengths[i]` ids from `starts[i]` on. */
interface Words {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly counts: Float64Array;
}

function toWords(counts: ReadonlyMap<string, number>): Words {
  const lengths = Int32Array.from(counts.keys(), (piece) => Buffer.byteLength(piece));
  const starts = new Int32Array(lengths.length);
  for (let i = 1; i < starts.length; i++) starts[i] = starts[i - 1] + lengths[i - 1];
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const piece of counts.keys())
    for (const byte of Buffer.from(piece)) ids[at++] = FIRST_BYTE + byte;
  return { ids, starts, lengths, counts: Float64Array.from(counts.values()) };
}

function countNeighbours({ ids, starts, lengths, counts }: Words, vocabSize: number): PairCounts {
  const neighbours = new PairCounts(vocabSize);
  for (let word = 0; word < starts.length; word++) {
    const end = starts[word] + lengths[word];
    for (let i = starts[word]; i + 1 < end; i++)
      neighbours.add(ids[i], ids[i + 1], counts[word], word);
  }
  return neighbours;
}

/** Replaces the pair by its token wherever it stands; returns how many there were. */
function mergeEverywhere(
  { left, right, words: holders }: Pair,
  token: TokenId,
  { ids, starts, lengths, counts }: Words,
  neighbours: PairCounts,
): number {
  let merged = 0;
  for (const word of holders) {
    const start = starts[word];
    const end = start + lengths[word];
    const count = counts[word];
    let to = start;
    for (let from = start; from < end; from++) {
      if (ids[from] !== left || from + 1 === end || ids[from + 1] !== right) {
        ids[to++] = ids[from];
        continue;
      }
      if (to > start) {
        neighbours.remove(ids[to - 1], left, count);
        neighbours.add(ids[to - 1], token, count, word);
      }
      if (from + 2 < end) {
        neighbours.remove(right, ids[from + 2], count);
        neighbours.add(token, ids[from + 2], count, word);
      }
      ids[to++] = token;
      from++;
      merged += count;
    }
    lengths[word] = to - start;
  }
  return merged;
}
