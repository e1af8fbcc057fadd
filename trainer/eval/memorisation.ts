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
  words = SEQUENCE_WORDS,
): Promise<VerbatimShare> {
  const wanted = new SequenceIndex(words);
  for (const sample of samples) wanted.add(sample);
  const sequences = wanted.count;
  if (sequences === 0) return { share: 0, sequences };
  for await (const corpus of corpora) {
    for (const sequence of wanted.in(corpus)) wanted.remove(sequence); // found again, it says nothing new
    if (wanted.count === 0) break;
  }
  return { share: (sequences - wanted.count) / sequences, sequences };
}

/** So many words in a row are hardly ever a coincidence. */
const SEQUENCE_WORDS = 8;

/** Sequences that are looked for in other texts. */
export class SequenceIndex {
  readonly #words: number;
  readonly #hashes = new Set<number>();
  /** How often each was added. */
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(words = SEQUENCE_WORDS) {
    this.#words = words;
  }

  /** Of all sequences there are, repetitions included. */
  get count(): number {
    return this.#count;
  }

  /** All sequences of the text. */
  add(text: string): void {
    for (const { hash, text: sequence } of windowsOf(text, this.#words)) {
      this.#hashes.add(hash);
      this.#counts.set(sequence(), (this.#counts.get(sequence()) ?? 0) + 1);
      this.#count++;
    }
  }

  /** Those that stand in the text, as often as they do. */
  *in(text: string): Generator<string> {
    for (const { hash, text: sequence } of windowsOf(text, this.#words)) {
      if (this.#hashes.has(hash) && this.#counts.has(sequence())) yield sequence();
    }
  }

  /** However often it was added. */
  remove(sequence: string): void {
    this.#count -= this.#counts.get(sequence) ?? 0;
    this.#counts.delete(sequence);
  }
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
