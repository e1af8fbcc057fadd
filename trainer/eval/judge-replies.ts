/** Lets a model answer held-out prompts and tells what its replies are like, beside those of the data. */

import { promptRoom } from "../../src/core/chat/fit-prompt.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import type { RepliesResult } from "../../src/core/experiment/run-record.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Shard } from "../data/shards.ts";
import { greedyReply, type WholeReply } from "./greedy-reply.ts";
import { heldOutPrompts } from "./held-out-prompts.ts";
import { replyFigures } from "./reply-figures.ts";

/** A reply that has not ended by then is cut: chat replies are shorter. */
const LONGEST_REPLY = 100;

export interface JudgeRepliesOptions {
  /** How many prompts at most. */
  readonly count: number;
  readonly signal?: AbortSignal;
  readonly onReply?: (done: number, prompts: number) => void;
}

/** @returns nothing if no conversation has a reply. */
export async function judgeReplies(
  decoder: Decoder,
  tokenizer: ChatTokenizer,
  shard: Shard,
  { count, signal, onReply }: JudgeRepliesOptions,
): Promise<RepliesResult | undefined> {
  const room = promptRoom(decoder.context, LONGEST_REPLY);
  const prompts = heldOutPrompts(shard, tokenizer.specials, { count, room });
  if (prompts.length === 0) return undefined;
  const replies: WholeReply[] = [];
  for (const { prompt } of prompts) {
    signal?.throwIfAborted();
    replies.push(await greedyReply(decoder, tokenizer, prompt, LONGEST_REPLY));
    onReply?.(replies.length, prompts.length);
  }
  const reference = prompts.map(({ reference }) => ({
    text: tokenizer.decode(reference),
    tokens: reference.length,
    ended: true,
  }));
  return { model: replyFigures(replies), reference: replyFigures(reference) };
}
