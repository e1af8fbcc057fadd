/**
 * Counts the pre-tokens of a stream of texts, in bounded memory: all that BPE
 * learns from.
 *
 * When more than `MOST_PIECES` different ones are held, the rarest are
 * forgotten: all seen once, then twice, and so on, until a quarter is free.
 * What is forgotten is far too rare to become a token of its own, and the same
 * texts in the same order always forget the same.
 */

import { OUR_SPLIT } from "../../src/core/tokenizer/definition.ts";
import { toPreTokenizer } from "../../src/core/tokenizer/pre-tokenizer.ts";

/** About 100 MB of strings and counts. */
const MOST_PIECES = 1 << 20;
/** Longer runs (base64, rows of dashes) would spend the vocabulary on what no reply says. */
const LONGEST_PIECE = 64;

export interface PieceCounts {
  /** Each pre-token and how often it was seen. */
  readonly counts: ReadonlyMap<string, number>;
  readonly texts: number;
  /** Of UTF-8, of all texts. */
  readonly bytes: number;
  /** How many pre-tokens were too long or forgotten as too rare. */
  readonly dropped: number;
}

export interface CountOptions {
  readonly normalize?: "NFC" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onText?: ((seen: { texts: number; bytes: number }) => void) | undefined;
  /** For tests: how many different pre-tokens are held. */
  readonly most?: number;
}

export async function countPieces(
  texts: AsyncIterable<string> | Iterable<string>,
  { normalize, signal, onText, most = MOST_PIECES }: CountOptions = {},
): Promise<PieceCounts> {
  const split = toPreTokenizer(OUR_SPLIT, "the split");
  const counts = new Map<string, number>();
  const seen = { texts: 0, bytes: 0 };
  let dropped = 0;
  const count = (piece: string) => {
    if (piece.length > LONGEST_PIECE) {
      dropped++;
      return;
    }
    const before = counts.get(piece);
    if (before !== undefined) counts.set(piece, before + 1);
    else counts.set(copyOf(piece), 1);
  };
  for await (const text of texts) {
    signal?.throwIfAborted();
    split(normalize ? text.normalize(normalize) : text, count);
    seen.texts++;
    seen.bytes += Buffer.byteLength(text);
    if (counts.size > most) dropped += forgetRarest(counts, (most * 3) / 4);
    onText?.(seen);
  }
  return { counts, ...seen, dropped };
}

/** @returns how many pre-tokens, counted as often as they were seen, are forgotten */
function forgetRarest(counts: Map<string, number>, room: number): number {
  let forgotten = 0;
  for (let rare = 1; counts.size > room; rare++) {
    for (const [piece, count] of counts) {
      if (count > rare) continue;
      counts.delete(piece);
      forgotten += count;
    }
  }
  return forgotten;
}

/** A slice of a text keeps all of it in memory; this does not. Lone surrogates become U+FFFD. */
function copyOf(piece: string): string {
  return Buffer.from(piece).toString();
}
