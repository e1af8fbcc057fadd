/**
 * A model in a worker thread, so that nobody waits for a matrix product.
 *
 * Knows messages to and from the worker; not tokens. Whoever reads slowly
 * slows down only the reply it reads: the worker hears how much was taken.
 */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { Worker } from "node:worker_threads";

import { entryFile, startWorker } from "../core/entry.ts";
import { EXIT_FAILURE, HintedError, reasonOf } from "../core/errors.ts";
import { Channel } from "./channel.ts";
import {
  fromSentError,
  wallClock,
  type EngineMessage,
  type ReplyEvent,
  type WorkerMessage,
  type WorkerStart,
} from "./protocol.ts";
import type { Engine, GenerationEvent, GenerationRequest, ModelInfo } from "./types.ts";

/** After so many events the worker is told that they were read. */
const REPORT_READ_EVERY = 16;

const SEED_LIMIT = 2 ** 31;

export interface EngineOptions {
  /** Chats that decode together; by default as many as fit in memory, up to 8. */
  readonly slots?: number;
  /** Ends the start between two of its steps; it then rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** @throws HintedError if the folder is not a model that works. */
export async function startEngine(
  folder: string,
  { slots, signal }: EngineOptions = {},
): Promise<Engine> {
  const start: WorkerStart = { folder, slots };
  const worker = startWorker(entryFile("./worker.ts", import.meta.url), { workerData: start });
  const leave = () => worker.postMessage({ type: "close" } satisfies EngineMessage);
  signal?.addEventListener("abort", leave);
  try {
    const engine = await connectEngine(worker);
    if (signal?.aborted) await engine.close();
    else return engine;
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", leave);
  }
  throw signal.reason;
}

/** The engine behind a worker that speaks the protocol, as soon as it is ready. */
export async function connectEngine(worker: Worker): Promise<Engine> {
  return new WorkerEngine(worker, await untilReady(worker));
}

async function untilReady(worker: Worker): Promise<ModelInfo> {
  const stopped = once(worker, "exit").then(([code]) => stoppedError(`exit code ${code}`));
  const [message] = await Promise.race([
    once(worker, "message") as Promise<[WorkerMessage]>,
    stopped.then((error) => Promise.reject(error)),
  ]).catch((error: unknown) => {
    throw error instanceof HintedError ? error : stoppedError(reasonOf(error), error);
  });
  if (message.type === "ready") return message.model;
  await stopped;
  throw message.type === "refused" ? fromSentError(message.error) : new Error(message.type);
}

class WorkerEngine implements Engine {
  readonly model: ModelInfo;
  readonly #worker: Worker;
  readonly #stopped: Promise<unknown>;
  readonly #replies = new Map<number, Channel<ReplyEvent["event"]>>();
  #failure: Error | undefined;
  #nextId = 0;

  constructor(worker: Worker, model: ModelInfo) {
    this.model = model;
    this.#worker = worker;
    this.#stopped = once(worker, "exit").catch(() => undefined);
    worker.on("message", (message: WorkerMessage) => {
      if (message.type !== "events") return;
      for (const { id, event } of message.events) this.#replies.get(id)?.push(event);
    });
    worker.on("error", (error) => this.#fail(stoppedError(reasonOf(error), error)));
    worker.on("exit", (code) => this.#fail(stoppedError(`exit code ${code}`)));
  }

  async *generate(
    request: GenerationRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, void> {
    if (this.#failure) throw this.#failure;
    const id = this.#nextId++;
    const events = new Channel<ReplyEvent["event"]>();
    const abort = () => this.#post({ type: "abort", id });
    this.#replies.set(id, events);
    this.#post({
      type: "generate",
      id,
      request: toPlain(request),
      seed: randomInt(SEED_LIMIT),
      startedAt: wallClock(),
    });
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    let isOver = false;
    try {
      for (let unreported = 1; ; unreported++) {
        const event = await events.take();
        isOver = event.type !== "text";
        if (event.type === "failed") throw fromSentError(event.error);
        yield event;
        if (isOver) return;
        if (unreported % REPORT_READ_EVERY === 0) {
          this.#post({ type: "read", id, count: REPORT_READ_EVERY });
        }
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#replies.delete(id);
      if (!isOver) abort(); // whoever left the loop wants no more
    }
  }

  async close(): Promise<void> {
    this.#failure ??= new HintedError("The engine is closed.", {
      hint: "Start it again to go on.",
      exitCode: EXIT_FAILURE,
    });
    this.#post({ type: "close" });
    await this.#stopped;
  }

  #post(message: EngineMessage): void {
    this.#worker.postMessage(message); // to a worker that has stopped: nothing happens
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const events of this.#replies.values()) events.fail(this.#failure);
  }
}

function stoppedError(why: string, cause?: unknown): HintedError {
  return new HintedError(`The model's worker thread has stopped (${why}).`, {
    hint: "Start the program again; if it happens again, run `lfz doctor`.",
    cause,
    exitCode: EXIT_FAILURE,
  });
}

/** Only what the worker reads, so that whatever else hangs on a message need not be cloneable. */
function toPlain({ messages, maxTokens, sampling, stop }: GenerationRequest): GenerationRequest {
  return {
    messages: messages.map(({ role, content, name }) => ({ role, content, name })),
    maxTokens,
    sampling,
    stop,
  };
}
