/**
 * Which of many short texts are nearest to a question, by the words they
 * share: BM25, as Robertson and Zaragoza write it ("The Probabilistic
 * Relevance Framework: BM25 and Beyond", 2009), with the inverse document
 * frequency that is never negative.
 *
 * A text is a number and its words; of a million words in all it takes about
 * 5 MB.
 */

/** How soon a word that comes again adds no more. */
const K1 = 1.2;

/** How much a long text has to have more of them. */
const B = 0.75;

const MOST_COUNTED = 255;

export interface Hit {
  readonly text: number;
  readonly score: number;
}

export class Bm25Index {
  readonly #terms = new Map<string, number>();
  /** The distinct words of all texts, one after the other, and how often each stands in its text. */
  readonly #words = new Growing(Uint32Array);
  readonly #counts = new Growing(Uint8Array);
  /** Where each text begins in them, and how long it is. */
  readonly #starts = new Growing(Uint32Array);
  readonly #lengths = new Growing(Uint16Array);
  #sealed: Postings | undefined;

  get size(): number {
    return this.#starts.length;
  }

  /** Texts are numbered as they come; no more come once anything was asked. */
  add(words: readonly string[]): void {
    if (this.#sealed) throw new Error("The index is sealed.");
    const counts = new Map<number, number>();
    for (const word of words) {
      const term = this.#terms.get(word) ?? this.#terms.size;
      this.#terms.set(word, term);
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    this.#starts.push(this.#words.length);
    this.#lengths.push(Math.min(words.length, 65_535));
    for (const [term, count] of counts) {
      this.#words.push(term);
      this.#counts.push(Math.min(count, MOST_COUNTED));
    }
  }

  /** The nearest first; of equals the one that came first. */
  nearest(words: readonly string[], most: number): Hit[] {
    const { starts, texts, counts, meanLength } = this.#seal();
    const scores = new Map<number, number>();
    for (const term of this.#known(words)) {
      const [from, to] = [starts[term]!, starts[term + 1]!];
      const rarity = Math.log(1 + (this.size - (to - from) + 0.5) / (to - from + 0.5));
      for (let at = from; at < to; at++) {
        const text = texts[at]!;
        const count = counts[at]!;
        const length = 1 - B + (B * this.#lengths.at(text)) / meanLength;
        const gain = (rarity * count * (K1 + 1)) / (count + K1 * length);
        scores.set(text, (scores.get(text) ?? 0) + gain);
      }
    }
    const hits = Array.from(scores, ([text, score]) => ({ text, score }));
    return hits.sort((a, b) => b.score - a.score || a.text - b.text).slice(0, most);
  }

  /** The texts that have all of these words, in whatever order. */
  *withAll(words: readonly string[]): Generator<number> {
    const { starts, texts } = this.#seal();
    const terms = this.#known(words);
    if (terms.length < new Set(words).size) return;
    const lists = terms
      .map((term) => texts.subarray(starts[term], starts[term + 1]))
      .sort((one, other) => one.length - other.length);
    const [shortest, ...others] = lists;
    const sets = others.map((list) => new Set(list));
    for (const text of shortest ?? []) if (sets.every((set) => set.has(text))) yield text;
  }

  #known(words: readonly string[]): number[] {
    return [...new Set(words)].flatMap((word) => this.#terms.get(word) ?? []);
  }

  /** Turns "which words has a text" around: which texts have a word. */
  #seal(): Postings {
    if (this.#sealed) return this.#sealed;
    const starts = new Uint32Array(this.#terms.size + 1);
    for (let at = 0; at < this.#words.length; at++) starts[this.#words.at(at) + 1]!++;
    for (let term = 0; term < this.#terms.size; term++) starts[term + 1]! += starts[term]!;
    const next = starts.slice();
    const texts = new Uint32Array(this.#words.length);
    const counts = new Uint8Array(this.#words.length);
    let total = 0;
    for (let text = 0; text < this.size; text++) {
      total += this.#lengths.at(text);
      const end = text + 1 < this.size ? this.#starts.at(text + 1) : this.#words.length;
      for (let at = this.#starts.at(text); at < end; at++) {
        const place = next[this.#words.at(at)]!++;
        texts[place] = text;
        counts[place] = this.#counts.at(at);
      }
    }
    this.#words.clear();
    this.#counts.clear();
    return (this.#sealed = { starts, texts, counts, meanLength: total / Math.max(1, this.size) });
  }
}

interface Postings {
  /** Where the texts of each word begin in `texts`, and beside them how often it stands there. */
  readonly starts: Uint32Array;
  readonly texts: Uint32Array;
  readonly counts: Uint8Array;
  readonly meanLength: number;
}

type Numbers = Uint8Array | Uint16Array | Uint32Array;

/** Numbers of a few bytes each, as many as come. */
class Growing {
  readonly #kind: new (length: number) => Numbers;
  #numbers: Numbers;
  length = 0;

  constructor(kind: new (length: number) => Numbers) {
    this.#kind = kind;
    this.#numbers = new kind(1024);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const wider = new this.#kind(this.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[this.length++] = value;
  }

  at(index: number): number {
    return this.#numbers[index]!;
  }

  clear(): void {
    this.#numbers = new this.#kind(0);
    this.length = 0;
  }
}
