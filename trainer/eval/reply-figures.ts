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
  return figuresOf(replies.map(dissect));
}

/** A reply taken apart once, for figures over many selections of the same replies. */
export interface DissectedReply {
  readonly words: readonly string[];
  readonly pairs: readonly string[];
  readonly repeats: boolean;
  readonly isEmpty: boolean;
  readonly ended: boolean;
  readonly tokens: number;
}

export function dissect({ text, ended, tokens }: WholeReply): DissectedReply {
  const words = wordsIn(text);
  const pairs = [...nGrams(words, 2)];
  const isEmpty = text.trim() === "";
  return { words, pairs, repeats: repeatsItself(words), isEmpty, ended, tokens };
}

export function figuresOf(replies: readonly DissectedReply[]): ReplyFigures {
  const mean = (value: (reply: DissectedReply) => number | boolean) =>
    replies.reduce((sum, reply) => sum + Number(value(reply)), 0) / replies.length;
  return {
    replies: replies.length,
    distinct1: distinctShare(replies.flatMap(({ words }) => words)),
    distinct2: distinctShare(replies.flatMap(({ pairs }) => pairs)),
    repeating: mean(({ repeats }) => repeats),
    empty: mean(({ isEmpty }) => isEmpty),
    ended: mean(({ ended }) => ended),
    meanWords: mean(({ words }) => words.length),
    meanTokens: mean(({ tokens }) => tokens),
  };
}

function distinctShare(all: readonly string[]): number {
  return new Set(all).size / all.length;
}
