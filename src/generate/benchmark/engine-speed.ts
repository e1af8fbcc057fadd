/**
 * What a person and the rest of the process feel of an engine: the time to the
 * first token, and how late the main thread's timers are while chats stream.
 */

import { monitorEventLoopDelay } from "node:perf_hooks";

import { medianOf } from "../../core/median.ts";
import type { Engine, GenerationRequest } from "../types.ts";

const FIRST_TOKENS = 7;
const STREAMING_CHATS = 4;
const STREAMED_TOKENS = 250;
const STREAMING_ROUNDS = 3;

export interface EngineSpeed {
  /** From the request to the first text, both in the main thread. */
  readonly firstTokenMs: number;
  /** With the interval of the measuring timer, 1 ms, in it. */
  readonly loopDelayP99Ms: number;
}

export async function measureEngine(engine: Engine, promptTokens: number): Promise<EngineSpeed> {
  const firstTokens: number[] = [];
  for (let repeat = 0; repeat < FIRST_TOKENS; repeat++) {
    firstTokens.push(await timeFirstToken(engine, promptOf(promptTokens, repeat)));
  }
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let round = 0; round < STREAMING_ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: STREAMING_CHATS }, (_, chat) =>
        readAll(engine, requestOf(`${round} ${chat}`, STREAMED_TOKENS)),
      ),
    );
  }
  delays.disable();
  return {
    firstTokenMs: medianOf(firstTokens) ?? NaN,
    loopDelayP99Ms: delays.percentile(99) / 1e6,
  };
}

async function timeFirstToken(engine: Engine, prompt: string): Promise<number> {
  const start = performance.now();
  for await (const event of engine.generate(requestOf(prompt, 8))) {
    if (event.type === "text") return performance.now() - start;
  }
  return performance.now() - start; // a model that says nothing has answered all the same
}

async function readAll(engine: Engine, request: GenerationRequest): Promise<void> {
  const reader = engine.generate(request)[Symbol.asyncIterator]();
  while (!(await reader.next()).done);
}

function requestOf(content: string, maxTokens: number): GenerationRequest {
  return { messages: [{ role: "user", content }], maxTokens, sampling: { temperature: 0 } };
}

/**
 * A prompt that no earlier one begins like, so that all of it is read. Digits
 * between commas are tokens of their own in most vocabularies.
 */
function promptOf(tokens: number, repeat: number): string {
  const templateTokens = 2;
  const characters = Array.from({ length: tokens - templateTokens }, (_, index) =>
    index % 2 === 0 ? String((index / 2 + repeat) % 10) : ",",
  );
  return characters.join("");
}
