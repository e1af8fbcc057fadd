/** What the engine and its worker thread say to each other. */

import { EXIT_FAILURE, HintedError, reasonOf } from "../core/errors.ts";
import type { GenerationEvent, GenerationRequest, ModelInfo } from "./types.ts";

/** Given to the worker when it starts. */
export interface WorkerStart {
  readonly folder: string;
  readonly slots: number | undefined;
}

export type EngineMessage =
  | {
      readonly type: "generate";
      readonly id: number;
      readonly request: GenerationRequest;
      /** For a request without a seed: chance is drawn in one place. */
      readonly seed: number;
      /** By `wallClock`, which all threads share. */
      readonly startedAt: number;
    }
  | { readonly type: "abort"; readonly id: number }
  /** So many events have reached their reader. */
  | { readonly type: "read"; readonly id: number; readonly count: number }
  | { readonly type: "close" };

export type WorkerMessage =
  | { readonly type: "ready"; readonly model: ModelInfo }
  | { readonly type: "refused"; readonly error: SentError }
  | { readonly type: "events"; readonly events: readonly ReplyEvent[] };

export interface ReplyEvent {
  readonly id: number;
  readonly event: GenerationEvent | { readonly type: "failed"; readonly error: SentError };
}

/** An error on its way to another thread, where classes do not arrive. */
export interface SentError {
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
}

export function toSentError(error: unknown): SentError {
  if (error instanceof HintedError) {
    const { message, hint, exitCode } = error;
    return { message, hint, exitCode };
  }
  return {
    message: `Generation failed: ${reasonOf(error)}`,
    hint: "This is a bug; the log of the process says more.",
    exitCode: EXIT_FAILURE,
  };
}

export function fromSentError({ message, hint, exitCode }: SentError): HintedError {
  return new HintedError(message, { hint, exitCode });
}

/** Milliseconds on a clock that all threads of the process share. */
export const wallClock = (): number => performance.timeOrigin + performance.now();
