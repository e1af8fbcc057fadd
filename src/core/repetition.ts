/** Does a text go in circles? Words as Unicode cuts them, and runs of them that come twice. */

/** So many words in a row that come twice make a text one that repeats itself. */
const REPEATED_WORDS = 4;

/** Cuts words as Unicode says (UAX 29), and by dictionary where a script has no spaces. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Words in lower case; punctuation is none. */
export function wordsIn(text: string): string[] {
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase());
}

export function repeatsItself(words: readonly string[]): boolean {
  const all = [...nGrams(words, REPEATED_WORDS)];
  return new Set(all).size < all.length;
}

export function* nGrams(words: readonly string[], size: number): Generator<string> {
  for (let end = size; end <= words.length; end++) yield words.slice(end - size, end).join(" ");
}
