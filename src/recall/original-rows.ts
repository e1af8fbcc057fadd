/**
 * The rows of the training data, searched in a thread of their own: nobody
 * waits for them who only wants to chat.
 *
 * Nothing is read before somebody asks. Whoever asks gets an answer within
 * the deadline, or hears that the reading goes on.
 */

import type { Worker } from "node:worker_threads";

import type { Clock } from "../chat/clock.ts";
import { entryFile, startWorker } from "../core/entry.ts";
import { reasonOf } from "../core/errors.ts";
import type { Log } from "../log.ts";
import type { RowQuery, TrainingRow } from "./rows.ts";

/** How long somebody waits for rows, in milliseconds: services want an answer in three seconds. */
const DEADLINE = 2000;

export interface RowQuestion {
  readonly id: number;
  readonly ask: RowQuery | { readonly words: readonly string[] };
}

export interface RowAnswer {
  readonly id: number;
  readonly rows?: readonly TrainingRow[];
  readonly share?: number;
  readonly has?: boolean;
  readonly failure?: string;
}

export type NearestRows =
  /** `share`: the part of the data that was searched. */
  | {
      readonly kind: "found";
      readonly rows: readonly TrainingRow[];
      readonly share: number;
    }
  | { readonly kind: "reading" }
  | { readonly kind: "unknown" };

export interface OriginalRowsParts {
  /** The files of the training data; rejects where they are not known. */
  readonly files: () => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
}

export class OriginalRows {
  readonly #parts: OriginalRowsParts;
  readonly #waiting = new Map<number, (answer: RowAnswer) => void>();
  #starting: Promise<Worker> | undefined;
  #worker: Worker | undefined;
  #nextId = 0;
  #isClosed = false;

  constructor(parts: OriginalRowsParts) {
    this.#parts = parts;
  }

  async nearest(query: RowQuery): Promise<NearestRows> {
    const answer = await this.#ask(query);
    if (!answer) return { kind: "reading" };
    const { rows, share = 1 } = answer;
    return rows ? { kind: "found", rows, share } : { kind: "unknown" };
  }

  /** Whether these words stand in the data for everybody to read, as far as that is known in time. */
  async has(words: readonly string[]): Promise<boolean> {
    return (await this.#ask({ words }))?.has ?? false;
  }

  async close(): Promise<void> {
    this.#isClosed = true; // what is still looking for the files starts no thread
    await this.#worker?.terminate();
  }

  /** Nothing if there is no answer in time. */
  async #ask(ask: RowQuestion["ask"]): Promise<RowAnswer | undefined> {
    const { clock, log } = this.#parts;
    const answered = new AbortController();
    const id = this.#nextId++;
    const answer = this.#answerTo({ id, ask }).catch((error: unknown): RowAnswer => {
      log.warn("training data not searched", { reason: reasonOf(error) });
      return { id };
    });
    const timeout = clock.sleep(DEADLINE, answered.signal).then(() => undefined);
    try {
      return await Promise.race([answer, timeout]);
    } finally {
      answered.abort();
      this.#waiting.delete(id);
    }
  }

  async #answerTo(question: RowQuestion): Promise<RowAnswer> {
    const answered = new Promise<RowAnswer>((resolve) => this.#waiting.set(question.id, resolve));
    const worker = await (this.#starting ??= this.#start());
    worker.postMessage(question);
    const answer = await answered;
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return answer;
  }

  /** If it fails or stops, whoever asks next makes it start again. */
  async #start(): Promise<Worker> {
    try {
      const workerData = await this.#parts.files();
      if (this.#isClosed) throw new Error("The bot is closing.");
      const worker = startWorker(entryFile("./rows-worker.ts", import.meta.url), { workerData });
      worker.unref();
      worker.on("message", (answer: RowAnswer) => this.#waiting.get(answer.id)?.(answer));
      worker.on("error", (error) => this.#stopped(reasonOf(error)));
      worker.on("exit", () => this.#stopped("Its thread has ended."));
      return (this.#worker = worker);
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  #stopped(failure: string): void {
    this.#starting = this.#worker = undefined;
    for (const [id, resolve] of this.#waiting) resolve({ id, failure });
  }
}
