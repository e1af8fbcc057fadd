/**
 * What one model makes of the exam: likelihoods of what is held out, and its
 * own replies. Both models sit it one after the other, so that only one has to
 * be in memory.
 */

import { promptRoom } from "../../src/core/chat/fit-prompt.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Shard } from "../data/shards.ts";
import { askGolden, type GoldenResult } from "../eval/ask-golden.ts";
import type { Evaluator } from "../eval/evaluator.ts";
import type { GoldenPrompt } from "../eval/golden.ts";
import { greedyReply, type WholeReply } from "../eval/greedy-reply.ts";
import { heldOutPrompts } from "../eval/held-out-prompts.ts";
import type { MetricSums } from "../eval/metrics.ts";
import { scoreEach } from "../eval/score-each.ts";
import { exposuresOf, type CanaryRow } from "./canaries.ts";
import type { FeedbackRows, Replied } from "./feedback-rows.ts";
import { replyShard } from "./reply-shard.ts";

/** A reply that has not ended by then is cut, as in `lfz eval --replies`. */
const LONGEST_REPLY = 100;

/** What is asked, the same of both. */
export interface Exam {
  readonly golden: readonly GoldenPrompt[];
  readonly safety: readonly GoldenPrompt[];
  readonly feedback?: FeedbackRows;
  readonly canaries: readonly CanaryRow[];
  /** How many conversations of the test set are answered. */
  readonly replies: number;
}

/** A model that is judged, opened only while it is asked. */
export interface Contestant {
  readonly name: string;
  readonly tokenizer: ChatTokenizer;
  /** Of a reply, as in serving. */
  readonly maxTokens: number;
  /** The conversations of the original test set in its own tokens; the same ones for both. */
  readonly testSet: Shard;
  readonly openEvaluator: () => Promise<Evaluator>;
  readonly openDecoder: () => Promise<Decoder>;
}

export interface Scores {
  readonly testSet: readonly MetricSums[];
  readonly corrections: readonly MetricSums[];
  readonly learnt: readonly MetricSums[];
  readonly pairs: readonly { readonly chosen: MetricSums; readonly rejected: MetricSums }[];
  readonly thumbs: readonly MetricSums[];
  /** Of the canaries, in bits. */
  readonly exposures: readonly number[];
}

export interface Replies {
  readonly golden: GoldenResult;
  readonly safety: GoldenResult;
  /** By conversation of the test set. */
  readonly heldOut: ReadonlyMap<number, HeldOutReply>;
}

export interface HeldOutReply extends WholeReply {
  /** What it answers. */
  readonly prompt: string;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1, and in words. */
  readonly onProgress?: (fraction: number, text: string) => void;
}

export async function scoresOf(
  { tokenizer, testSet, openEvaluator }: Contestant,
  { feedback, canaries }: Exam,
  { signal, onProgress }: AskOptions,
): Promise<Scores> {
  const evaluator = await openEvaluator();
  const scoreShard = (shard: Shard) =>
    scoreEach(evaluator, tokenizer, shard, {
      loss: "replies",
      signal,
      onProgress: (scored) =>
        onProgress?.(scored / testSet.tokens, `${scored.toLocaleString("en")} tokens scored`),
    });
  const score = (replies: readonly Replied[] = []) => scoreShard(replyShard(replies, tokenizer));
  const nats = async (replies: readonly Replied[]) =>
    (await score(replies)).map((sums) => sums.nats);
  try {
    const chosen = await score(feedback?.pairs.map((pair) => pair.chosen));
    const rejected = await score(feedback?.pairs.map((pair) => pair.rejected));
    return {
      testSet: await scoreShard(testSet),
      corrections: await score(feedback?.corrections),
      learnt: await score(feedback?.learnt),
      pairs: chosen.map((sums, i) => ({ chosen: sums, rejected: rejected[i] })),
      thumbs: await score(feedback?.thumbs),
      exposures: await exposuresOf(canaries, nats),
    };
  } finally {
    evaluator.release();
  }
}

export async function repliesOf(
  { tokenizer, maxTokens, testSet, openDecoder }: Contestant,
  { golden, safety, replies: count }: Exam,
  { signal, onProgress }: AskOptions,
): Promise<Replies> {
  const decoder = await openDecoder();
  const room = promptRoom(decoder.context, LONGEST_REPLY);
  const prompts = heldOutPrompts(testSet, tokenizer.specials, { count, room });
  const total = golden.length + safety.length + prompts.length;
  let done = 0;
  const advance = () => onProgress?.(++done / total, `${done} of ${total} prompts answered`);
  const ask = (asked: readonly GoldenPrompt[]) =>
    askGolden(decoder, tokenizer, asked, { maxTokens, signal, onPrompt: advance });
  const heldOut = new Map<number, HeldOutReply>();
  try {
    for (const { conversation, prompt } of prompts) {
      signal?.throwIfAborted();
      const reply = await greedyReply(decoder, tokenizer, prompt, LONGEST_REPLY);
      heldOut.set(conversation, { ...reply, prompt: questionIn(prompt, tokenizer) });
      advance();
    }
    return { golden: await ask(golden), safety: await ask(safety), heldOut };
  } finally {
    decoder.dispose();
  }
}

/** What is said last before the bot speaks. */
function questionIn(prompt: readonly number[], tokenizer: ChatTokenizer): string {
  return tokenizer.decode(prompt.slice(prompt.lastIndexOf(tokenizer.specials.sos) + 1, -1));
}
