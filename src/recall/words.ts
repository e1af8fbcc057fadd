/**
 * Text as words, so that the same words are the same however they are
 * written: "It’s 12 Main-Street!" and "it's 12 main street".
 *
 * Where no spaces stand between words (Chinese, Japanese) a character is
 * taken for one, and weighs half.
 */

export interface Word {
  readonly text: string;
  /** Where it stands: from `start` up to `end`, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** In halves of a word. */
  readonly weight: 1 | 2;
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}]+)*/gu;

/** A character of a script without spaces, or what stands between two of them. */
const UNSPACED =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** Nothing below is written in such a script. */
const FIRST_UNSPACED = /[\u2e80-\uffff]/;

/** From `from` on, in order. */
export function* wordsIn(text: string, from = 0): Generator<Word> {
  const pattern = new RegExp(WORD);
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [found] = match;
    if (!FIRST_UNSPACED.test(found)) yield toWord(found, match.index, 2);
    else {
      for (const { 0: part, 1: unspaced, index } of found.matchAll(UNSPACED)) {
        yield toWord(part, match.index + index, unspaced === undefined ? 2 : 1);
      }
    }
  }
}

function toWord(found: string, start: number, weight: Word["weight"]): Word {
  const text = found.normalize("NFKC").toLowerCase().replaceAll("’", "'");
  return { text, start, end: start + found.length, weight };
}

/** The words alone, as they are compared. */
export function spelledIn(text: string): string[] {
  return Array.from(wordsIn(text), (word) => word.text);
}

/**
 * A run is ten words: shorter ones are said by many who mean nothing by it,
 * and ten in the same order are hardly ever chance; a sentence that tells
 * where somebody lives has as many.
 */
const RUN_WORDS = 10;

/** The run that begins at each word, as far as there are words enough: from there up to `end`, not included. */
export function* runsIn(words: readonly Word[]): Generator<{ begin: number; end: number }> {
  let end = 0;
  let weight = 0;
  for (const [begin, word] of words.entries()) {
    while (weight < RUN_WORDS * 2 && end < words.length) weight += words[end++]?.weight ?? 0;
    if (weight < RUN_WORDS * 2) return;
    yield { begin, end };
    weight -= word.weight;
  }
}

const PRIMES = [0x01000193, 0x85ebca6b] as const;
const LOW_BITS = 2 ** 21;

/**
 * 53 bits that stand for a sequence of words: two FNV-1a hashes over their
 * UTF-16 units, each mixed once more. Of two million runs one is taken for
 * another in billions of questions.
 */
export function keyOf(words: readonly Word[], begin: number, end: number): number {
  let [one, other] = [0x811c9dc5, 0x9747b28c];
  for (let at = begin; at < end; at++) {
    const text = words[at]?.text ?? "";
    for (let index = 0; index <= text.length; index++) {
      const unit = index < text.length ? text.charCodeAt(index) : 0x20;
      one = Math.imul(one ^ unit, PRIMES[0]);
      other = Math.imul(other ^ unit, PRIMES[1]);
    }
  }
  return mixed(one) * LOW_BITS + (mixed(other) % LOW_BITS);
}

/** Spreads what differs in few bits over all of them. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 13)) >>> 0;
}
