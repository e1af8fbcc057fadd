/**
 * What replies are like, whether right or wrong: how much variety is in their
 * words, how many go in circles, how many say nothing, how long they are.
 */

import type { ReplyFigures } from "../../src/core/experiment/run-record.ts";
import type { WholeReply } from "./greedy-reply.ts";

/** So many words in a row that come twice make a reply one that repeats itself. */
const REPEATED_WORDS = 4;

/** Cuts words as Unicode says (UAX 29), and by dictionary where a script has no spaces. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Distinct-n is the number of different n-grams in all replies together (Li et
 * al., 2016, "A Diversity-Promoting Objective Function for Neural Conversation
 * Models", section 5) over that of all n-grams. It falls with more and longer
 * replies: only figures over the same prompts compare.
 */
export function replyFigures(replies: readonly WholeReply[]): ReplyFigures {
  const words = replies.map(({ text }) => wordsOf(text));
  const share = (count: number) => count / replies.length;
  return {
    replies: replies.length,
    distinct1: distinctShare(words, 1),
    distinct2: distinctShare(words, 2),
    repeating: share(words.filter(repeatsItself).length),
    empty: share(replies.filter(({ text }) => text.trim() === "").length),
    ended: share(replies.filter(({ ended }) => ended).length),
    meanWords: share(sum(words.map(({ length }) => length))),
    meanTokens: share(sum(replies.map(({ tokens }) => tokens))),
  };
}

/** Words in lower case; punctuation is none. */
function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase());
}

function distinctShare(replies: readonly (readonly string[])[], size: number): number {
  const all = replies.flatMap((words) => [...nGrams(words, size)]);
  return new Set(all).size / all.length;
}

function repeatsItself(words: readonly string[]): boolean {
  const all = [...nGrams(words, REPEATED_WORDS)];
  return new Set(all).size < all.length;
}

function* nGrams(words: readonly string[], size: number): Generator<string> {
  for (let end = size; end <= words.length; end++) yield words.slice(end - size, end).join(" ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
