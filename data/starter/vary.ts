/**
 * The many ways a person types the same words: case, punctuation, a slip of
 * the finger, a "hey" in front. Only ever applied to what people say.
 */

import type { Random } from "../../src/core/random.ts";

const SHARE_PREFIXED = 0.08;
const SHARE_CONTRACTED = 0.35;
const SHARE_MISTYPED = 0.07;
const SHARE_WITHOUT_APOSTROPHE = 0.6;

const PREFIXES = [
  "hey, ",
  "hi, ",
  "hello, ",
  "so, ",
  "ok, ",
  "um, ",
  "well, ",
  "zero, ",
  "hey zero, ",
];
/** What stands before a later message: a short answer to the reply before it. */
const LEAD_INS = [
  "ok. ",
  "ok, ",
  "i see. ",
  "cool. ",
  "thanks. ",
  "nice. ",
  "alright, ",
  "hm, ",
  "and ",
];

const GREETING =
  /^(hi|hey|hello|yo|good|greetings|so|ok|well|um|please|and|but|no|yes|thanks|thank|bye)\b/;

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\b(what|who|where|how|that|it) is\b/g, "$1's"],
  [/\b(do|does|did|is|are|can)(?: not|not)\b/g, "$1n't"],
  [/\bi am\b/g, "i'm"],
  [/\byou are\b/g, "you're"],
  [/\bi will\b/g, "i'll"],
];

/** `text` as somebody might have typed it, at the start of a chat or `later`. */
export function vary(text: string, random: Random, { later }: { later: boolean }): string {
  let typed = text;
  if (random.next() < SHARE_CONTRACTED) typed = contract(typed);
  if (random.next() < SHARE_PREFIXED && wordsOf(typed) > 2 && !GREETING.test(typed)) {
    typed = pick(later ? LEAD_INS : PREFIXES, random) + typed;
  }
  if (random.next() < SHARE_MISTYPED) typed = mistype(typed, random);
  const style = random.next();
  if (style < 0.4) return toSentence(typed);
  if (style < 0.58) return typed;
  if (style < 0.94) return withoutPunctuation(typed, random);
  if (style < 0.97) return typed.toUpperCase();
  const ends = typed.endsWith("?") ? ["??", " ?", "?!"] : ["!", "!!", ".."];
  return withoutPunctuation(toSentence(typed), random) + pick(ends, random);
}

function contract(text: string): string {
  return CONTRACTIONS.reduce((result, [long, short]) => result.replace(long, short), text);
}

/** Two letters swapped, one lost or one doubled, in a word long enough to stay readable. */
function mistype(text: string, random: Random): string {
  const words = text.split(" ");
  const long = words.flatMap((word, index) => (/^[a-z]{4,}[?!.,]?$/.test(word) ? [index] : []));
  if (long.length === 0) return text;
  const at = long[random.below(long.length)] ?? 0;
  const word = words[at] ?? "";
  const letter = 1 + random.below(word.length - 3);
  const slips = [
    word.slice(0, letter) + word.charAt(letter + 1) + word.charAt(letter) + word.slice(letter + 2),
    word.slice(0, letter) + word.slice(letter + 1),
    word.slice(0, letter) + word.charAt(letter) + word.slice(letter),
  ];
  words[at] = pick(slips, random);
  return words.join(" ");
}

function toSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  const sentence = capital
    .replace(/\bi('m|'ll|'ve|'d)?\b/g, (found) => `I${found.slice(1)}`)
    .replace(/([.!?] )([a-z])/g, (_, end: string, letter: string) => end + letter.toUpperCase());
  return /[\p{L}\p{N}]$/u.test(sentence) ? `${sentence}.` : sentence;
}

function withoutPunctuation(text: string, random: Random): string {
  const bare = text.replace(/[?!.,]+(?= |$)/g, "").trim();
  const plain = random.next() < SHARE_WITHOUT_APOSTROPHE ? bare.replaceAll("'", "") : bare;
  return plain === "" ? text : plain;
}

function pick(items: readonly string[], random: Random): string {
  return items[random.below(items.length)] ?? "";
}

function wordsOf(text: string): number {
  return text.split(" ").length;
}
