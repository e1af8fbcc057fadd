/**
 * The request of `POST /v1/chat/completions`: OpenAI's fields in, ours out.
 *
 * Fields of OpenAI's that this server has no use for are taken where they
 * change nothing (`n: 1`, `user`) and refused where they would: a client is
 * never told "done" about something that was ignored.
 */

import { z } from "zod";

import type { GenerationRequest } from "../../generate/types.ts";
import { ApiError } from "./api-error.ts";
import { parseBody } from "./parse-body.ts";

const TextPart = z.strictObject({ type: z.literal("text"), text: z.string() });

const Content = z
  .union([z.string(), z.array(TextPart)], { error: "must be a text or a list of text parts" })
  .transform((content) =>
    typeof content === "string" ? content : content.map(({ text }) => text).join("\n"),
  );

/** Loose: clients send answers back with everything they came with (`refusal`, `annotations`). */
const ChatMessage = z.object({
  role: z
    .enum(["system", "developer", "user", "assistant"])
    .transform((role) => (role === "developer" ? ("system" as const) : role)),
  content: Content,
  name: z.string().optional(),
});

const ignored = z.unknown().optional();
/** OpenAI's own limit. */
const MAX_STOPS = 4;
const stopText = z.string().min(1);

const ChatRequest = z.strictObject({
  model: z.string().optional(),
  messages: z
    .array(ChatMessage)
    .min(1)
    .refine((messages) => messages.at(-1)?.role !== "assistant", {
      error: "the last message is the assistant's: there is nothing to answer",
    }),
  stream: z.boolean().default(false),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().default(false),
      include_obfuscation: ignored,
    })
    .optional(),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repetition_penalty: z.number().positive().max(10).optional(),
  seed: z.int().optional(),
  stop: z
    .union([stopText, z.array(stopText).max(MAX_STOPS)], {
      error: `must be a text or a list of at most ${MAX_STOPS} texts, none of them empty`,
    })
    .optional(),

  /** Ours. `keep`: it is said to the bot, as on its page: its persona and settings hold, and the reply can be rated. */
  lfz: z.strictObject({ keep: z.boolean().default(false) }).optional(),

  n: z.literal(1).optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: z.literal(0, "only the tokens that were chosen have theirs: 0").optional(),
  frequency_penalty: z.literal(0).optional(),
  presence_penalty: z.literal(0).optional(),
  response_format: z.strictObject({ type: z.literal("text") }).optional(),
  tools: z.array(z.unknown()).max(0, "this model does not use tools").optional(),
  user: ignored,
  store: ignored,
  metadata: ignored,
  service_tier: ignored,
  safety_identifier: ignored,
  prompt_cache_key: ignored,
  parallel_tool_calls: ignored,
});

export interface ChatRequest {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Said to the bot, as on its page. */
  readonly keep: boolean;
  /** The answer tells how likely the model held each of its tokens. */
  readonly includeLogprobs: boolean;
  readonly generation: GenerationRequest;
}

/**
 * `newSeed` draws where the client left the seed out, so that asking again
 * gives another answer. Whoever asks for the first of the models gets the one
 * that answers them, whichever is on trial.
 *
 * @throws ApiError 400 naming the field, 404 for a model that is not here.
 */
export function parseChatRequest(
  body: unknown,
  { modelNames, newSeed }: { modelNames: readonly [string, ...string[]]; newSeed: () => number },
): ChatRequest {
  const data = parseBody(ChatRequest, withoutNulls(body));
  const { model } = data;
  if (model !== undefined && !modelNames.includes(model)) throw unknownModel(model, modelNames[0]);
  const { stop } = data;
  return {
    stream: data.stream,
    includeUsage: data.stream_options?.include_usage ?? false,
    keep: data.lfz?.keep ?? false,
    includeLogprobs: data.logprobs,
    generation: {
      messages: data.messages,
      maxTokens: data.max_completion_tokens ?? data.max_tokens,
      stop: typeof stop === "string" ? [stop] : stop,
      sampling: withoutUndefined({
        temperature: data.temperature,
        topK: data.top_k,
        topP: data.top_p,
        minP: data.min_p,
        repetitionPenalty: data.repetition_penalty,
        seed: data.seed ?? newSeed(),
      }),
    },
  };
}

export function unknownModel(asked: string, served: string): ApiError {
  return new ApiError(404, `The model "${asked}" is not here; this server runs "${served}".`, {
    code: "model_not_found",
    param: "model",
  });
}

/** OpenAI's optional fields may be null, which means the same as leaving them out. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** A key that is there wins over the model's own setting, even if it holds nothing. */
function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
