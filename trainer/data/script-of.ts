/** Which script a text is written in: as near to its language as one gets without a model. */

/** A page of text says enough. */
const LETTERS_LOOKED_AT = 300;

const SCRIPTS = [
  "Latin",
  "Cyrillic",
  "Han",
  "Hangul",
  "Arabic",
  "Devanagari",
  "Greek",
  "Hebrew",
  "Thai",
  "Bengali",
  "Tamil",
  "Telugu",
  "Georgian",
  "Armenian",
  "Ethiopic",
  "Khmer",
].map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, "u") }));
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const LETTER = /\p{L}/gu;

/** The script of most letters; "Japanese" where there is kana, "none" where there are no letters. */
export function scriptOf(text: string): string {
  const counts = new Map<string, number>();
  let seen = 0;
  for (const [letter] of text.matchAll(LETTER)) {
    if (KANA.test(letter)) return "Japanese";
    const name = SCRIPTS.find(({ pattern }) => pattern.test(letter))?.name ?? "other";
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (++seen === LETTERS_LOOKED_AT) break;
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "none";
}
