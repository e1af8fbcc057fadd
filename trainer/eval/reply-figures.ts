/**
 * What replies are like, whether right or wrong: how much variety is in their
 * words, how many go in circles, how many say nothing, how long they are.
 */

import type { ReplyFigures } from "../../src/core/experiment/run-record.ts";
import { nGrams, repeatsItself, wordsIn } from "../../src/core/repetition.ts";
import type { WholeReply } from "./greedy-reply.ts";

/**
 * Distinct-n is the number of different n-grams in all replies together (Li et
 * al., 2016, "A Diversity-Promoting Objective Function for Neural Conversation
 * Models", section 5) over that of all n-grams. It falls with more and longer
 * replies: only figures over the same prompts compare.
 */
export function replyFigures(replies: readonly WholeReply[]): ReplyFigures {
  const words = replies.map(({ text }) => wordsIn(text));
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

function distinctShare(replies: readonly (readonly string[])[], size: number): number {
  const all = replies.flatMap((words) => [...nGrams(words, size)]);
  return new Set(all).size / all.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
