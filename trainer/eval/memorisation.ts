/**
 * How much of what a model says stands word for word in a text.
 *
 * Memory grows with the samples only; the corpus streams past. Every window of
 * words has a rolling hash, so that a corpus word costs a few additions, and a
 * hit counts only after the words themselves have been compared.
 */

export interface VerbatimShare {
  /** 0 to 1; 0 if no sample is long enough to have a sequence. */
  readonly share: number;
  /** How many sequences the samples have, repetitions included. */
  readonly sequences: number;
}

/** Each text of `corpora` is read by itself: no sequence reaches from one into the next. */
export async function verbatimShare(
  samples: readonly string[],
  corpora: AsyncIterable<string>,
  words = 8,
): Promise<VerbatimShare> {
  const wanted = new Map<number, Sequence[]>();
  let sequences = 0;
  for (const sample of samples) {
    for (const { hash, text } of windowsOf(sample, words)) {
      sequences++;
      countSequence(wanted, hash, text());
    }
  }
  if (sequences === 0) return { share: 0, sequences };
  let found = 0;
  for await (const corpus of corpora) {
    if (wanted.size === 0) break;
    for (const { hash, text } of windowsOf(corpus, words)) {
      if (wanted.has(hash)) found += takeSequence(wanted, hash, text());
    }
  }
  return { share: found / sequences, sequences };
}

interface Sequence {
  readonly text: string;
  /** How often the samples say it. */
  count: number;
}

function countSequence(wanted: Map<number, Sequence[]>, hash: number, text: string): void {
  const bucket = wanted.get(hash) ?? [];
  const known = bucket.find((sequence) => sequence.text === text);
  if (known) known.count++;
  else bucket.push({ text, count: 1 });
  wanted.set(hash, bucket);
}

/** Removes a sequence that was found: its later occurrences say nothing new. */
function takeSequence(wanted: Map<number, Sequence[]>, hash: number, text: string): number {
  const bucket = wanted.get(hash) ?? [];
  const index = bucket.findIndex((sequence) => sequence.text === text);
  if (index < 0) return 0;
  const [taken] = bucket.splice(index, 1);
  if (bucket.length === 0) wanted.delete(hash);
  return taken.count;
}

const MULTIPLIER = 0x01000193;

/** Every run of `words` words: its hash, and its text with single spaces. */
function* windowsOf(
  text: string,
  words: number,
): Generator<{ readonly hash: number; readonly text: () => string }> {
  const all = text.match(/\S+/gu) ?? [];
  const hashes = all.map(hashOfWord);
  let leaving = 1; // the weight of the word that drops out of the window
  for (let i = 0; i < words; i++) leaving = Math.imul(leaving, MULTIPLIER);
  let hash = 0;
  for (let end = 0; end < all.length; end++) {
    hash = (Math.imul(hash, MULTIPLIER) + hashes[end]) | 0;
    if (end >= words) hash = (hash - Math.imul(leaving, hashes[end - words])) | 0;
    const start = end - words + 1;
    if (start >= 0) yield { hash, text: () => all.slice(start, end + 1).join(" ") };
  }
}

/** FNV-1a over UTF-16 units. */
function hashOfWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) {
    hash = Math.imul(hash ^ word.charCodeAt(i), MULTIPLIER);
  }
  return hash;
}
