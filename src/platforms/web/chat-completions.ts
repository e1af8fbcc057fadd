/**
 * `POST /v1/chat/completions`: from a request to a written answer.
 *
 * The answer's head is not sent before the engine gave its first event, so
 * that whatever fails until then still gets its proper status.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { randomInt, randomUUID } from "node:crypto";

import { withoutRecitals } from "../../recall/without-recitals.ts";
import { ApiError, toApiError } from "./api-error.ts";
import { readJson } from "./body.ts";
import { parseChatRequest, type ChatRequest } from "./chat-request.ts";
import {
  toChunk,
  toCompletion,
  toLastChunk,
  toUsageChunk,
  type AnswerEvent,
  type CompletionIdentity,
  type Done,
} from "./completion.ts";
import type { EngineSource } from "./engine-source.ts";
import { openEventStream } from "./event-stream.ts";
import { OWNER, PAGE, type PageBot } from "./owner.ts";
import { keepReply, toPageRequest } from "./page-reply.ts";
import { sendJson } from "./send-json.ts";
import { visitorOf } from "./visitor.ts";

/** Seeds stay exact as 32-bit integers everywhere. */
const SEEDS = 2 ** 31;

export interface ChatContext {
  readonly source: Pick<EngineSource, "engine" | "engineFor">;
  /** Where the owner asks, who may talk to the bot and not only to its model. */
  readonly bot?: PageBot | undefined;
  /** Keeps what people said in private from whom the answer is for. */
  readonly guard: PageBot["guard"];
  /** Aborts when the client leaves or the server closes. */
  readonly signal: AbortSignal;
}

/** What the log may know of an answer. */
export interface AnswerSummary {
  readonly finishReason: Done["finishReason"];
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokensPerSecond: number;
}

export async function answerChat(
  request: IncomingMessage,
  response: ServerResponse,
  { source, bot, guard, signal }: ChatContext,
): Promise<AnswerSummary> {
  const body = await readJson(request);
  const champion = (await source.engine).model.name;
  const engine = await source.engineFor(visitorOf(request));
  const {
    stream,
    keep,
    generation: asked,
    ...options
  } = parseChatRequest(body, {
    modelNames: [champion, engine.model.name],
    newSeed: () => randomInt(SEEDS),
  });
  signal.throwIfAborted(); // the client may have left while the model loaded
  const page = keep ? bot : undefined; // who may not talk to the bot gets a reply that cannot be rated
  const generation = page ? toPageRequest(asked, page) : asked;
  const texts = generation.messages.map(({ content }) => content);
  const recitals = await guard(texts, page && { person: OWNER, place: PAGE });
  const identity: CompletionIdentity = {
    id: `chatcmpl-${randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model: engine.model.name, // of the same moment as the reply
    seed: generation.sampling?.seed,
  };
  const written = recitals
    ? withoutRecitals(engine, generation, recitals, signal)
    : engine.generate(generation, signal);
  const events = page ? keepReply(written, generation, identity.model, page) : written;
  const write = stream ? writeStream : writeWhole;
  const done = await write(response, events, identity, { ...options, signal });
  return {
    finishReason: done.finishReason,
    promptTokens: done.promptTokens,
    completionTokens: done.tokenIds.length,
    tokensPerSecond: Math.round(done.tokensPerSecond),
  };
}

interface WriteOptions extends Pick<ChatRequest, "includeUsage" | "includeLogprobs"> {
  readonly signal: AbortSignal;
}

async function writeWhole(
  response: ServerResponse,
  events: AsyncIterable<AnswerEvent>,
  identity: CompletionIdentity,
  { includeLogprobs, signal }: WriteOptions,
): Promise<Done> {
  let content = "";
  for await (const event of events) {
    signal.throwIfAborted();
    if (event.type === "text") content += event.text;
    else {
      sendJson(
        response,
        200,
        toCompletion(identity, { content, done: event }, { includeLogprobs }),
      );
      return event;
    }
  }
  throw new Error("The engine ended without saying that it is done.");
}

async function writeStream(
  response: ServerResponse,
  events: AsyncIterable<AnswerEvent>,
  identity: CompletionIdentity,
  { signal, ...options }: WriteOptions,
): Promise<Done> {
  let content = "";
  let stream: ReturnType<typeof openEventStream> | undefined;
  for await (const event of events) {
    signal.throwIfAborted();
    if (!stream) {
      stream = openEventStream(response, signal);
      await stream.send(toChunk(identity, { role: "assistant", content: "" }, options));
    }
    if (event.type === "text") {
      content += event.text;
      await stream.send(toChunk(identity, { content: event.text }, options));
      continue;
    }
    await stream.send(toLastChunk(identity, { content, done: event }, options));
    if (options.includeUsage) await stream.send(toUsageChunk(identity, event));
    stream.end();
    return event;
  }
  throw new Error("The engine ended without saying that it is done.");
}

/** Tells the client what went wrong, in the way that its answer so far allows. */
export function sendError(response: ServerResponse, thrown: unknown): ApiError {
  const error = toApiError(thrown);
  if (response.destroyed || response.writableEnded) return error;
  if (response.headersSent) response.end(`data: ${JSON.stringify(error)}\n\n`);
  else sendJson(response, error.status, error, error.headers);
  return error;
}
