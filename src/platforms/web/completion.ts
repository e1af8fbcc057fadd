/**
 * The answers of `POST /v1/chat/completions`, as OpenAI publishes them.
 *
 * Pure shapes: what the engine said goes in, objects for the wire come out.
 * `lfz` is ours; OpenAI's clients carry unknown fields along untouched.
 */

import type { ReplyRecord } from "../../chat/replies.ts";
import { countWithin } from "../../generate/tokens-within.ts";
import type { GenerationEvent } from "../../generate/types.ts";

export type DoneEvent = Extract<GenerationEvent, { type: "done" }>;

/** How it went, and as which reply of the bot it is kept, if it is. */
export type Done = DoneEvent & { readonly kept?: ReplyRecord | undefined };

export type AnswerEvent = Exclude<GenerationEvent, DoneEvent> | Done;

/** All that was written, and its end. */
export interface Said {
  readonly content: string;
  readonly done: Done;
}

/** What all objects of one answer share. */
export interface CompletionIdentity {
  /** `chatcmpl-...` */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly seed: number | undefined;
}

/** The first chunk says who speaks, the others what. */
export function toChunk(
  identity: CompletionIdentity,
  delta: { role?: "assistant"; content?: string },
  options: { includeUsage: boolean },
) {
  return {
    ...chunkHead(identity),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
    ...(options.includeUsage && { usage: null }),
  };
}

/** Why it ended, how it went, and how likely all of it was held. */
export function toLastChunk(
  identity: CompletionIdentity,
  { content, done }: Said,
  options: { includeUsage: boolean; includeLogprobs: boolean },
) {
  const logprobs = options.includeLogprobs ? toLogprobs(content, done) : null;
  return {
    ...chunkHead(identity),
    choices: [{ index: 0, delta: {}, logprobs, finish_reason: toFinishReason(done) }],
    ...(options.includeUsage && { usage: null }),
    lfz: toReport(identity, done),
  };
}

/** Stands after the last chunk if the client asked for `include_usage`. */
export function toUsageChunk(identity: CompletionIdentity, done: Done) {
  return { ...chunkHead(identity), choices: [], usage: toUsage(done) };
}

export function toCompletion(
  identity: CompletionIdentity,
  { content, done }: Said,
  options: { includeLogprobs: boolean },
) {
  const { id, created, model } = identity;
  return {
    id,
    object: "chat.completion",
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, refusal: null },
        logprobs: options.includeLogprobs ? toLogprobs(content, done) : null,
        finish_reason: toFinishReason(done),
      },
    ],
    usage: toUsage(done),
    lfz: toReport(identity, done),
  };
}

function chunkHead({ id, created, model }: CompletionIdentity) {
  return { id, object: "chat.completion.chunk", created, model };
}

/** OpenAI's own number for what is hardly possible. */
const LEAST_LOGPROB = -9999;

/** Of the tokens in `content`: what ended the answer, or was cut off with its end, is none of it. */
function toLogprobs(content: string, { tokens }: Done) {
  const said = tokens.slice(0, countWithin(tokens, content));
  return {
    content: said.map(({ bytes, logProbability }) => ({
      token: Buffer.from(bytes).toString(),
      logprob: Math.max(LEAST_LOGPROB, logProbability),
      bytes: [...bytes],
      top_logprobs: [],
    })),
    refusal: null,
  };
}

function toUsage({ promptTokens, tokenIds }: Done) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokenIds.length,
    total_tokens: promptTokens + tokenIds.length,
  };
}

/** Silence is a reply that stopped before its first word; `lfz.silence` tells it apart. */
function toFinishReason({ finishReason }: Done): "stop" | "length" | "content_filter" {
  if (finishReason === "withheld") return "content_filter";
  return finishReason === "length" ? "length" : "stop";
}

function toReport({ seed }: CompletionIdentity, done: Done) {
  return {
    tokens_per_second: done.tokensPerSecond,
    first_token_ms: done.firstTokenMs,
    dropped_turns: done.droppedTurns,
    cut: done.cut,
    silence: done.finishReason === "silence",
    seed,
    ...(done.kept && { reply_id: done.kept.id, words_kept: done.kept.context !== undefined }),
  };
}
