/**
 * What whoever talks to a model needs to know of it.
 *
 * The engine behind these types may run in a worker, on another machine or
 * from a script in a test; platforms see messages in and text out. They know
 * neither tokenizer nor ONNX.
 */

import type { Message } from "../core/chat/conversation.ts";

export interface SamplingOptions {
  /** 0 always takes the likeliest token. */
  readonly temperature: number;
  /** Only the so many likeliest tokens; 0 is off. */
  readonly topK: number;
  /** Only the likeliest tokens that together reach this probability; 1 is off. */
  readonly topP: number;
  /** Only tokens at least this share as likely as the likeliest; 0 is off. */
  readonly minP: number;
  /** Divides the scores of tokens already said; 1 is off. */
  readonly repetitionPenalty: number;
  /** The same seed gives the same text, alone or beside others. */
  readonly seed: number;
}

export interface GenerationRequest {
  readonly messages: readonly Message[];
  readonly maxTokens?: number;
  /** What is left out follows the model's generation_config.json. */
  readonly sampling?: Partial<SamplingOptions>;
  /** Texts that end the reply; they are not part of it. */
  readonly stop?: readonly string[];
}

/**
 * `silence`: the model chose to say nothing, `<stop>` came first. `withheld`:
 * the rest would have recited something private; no engine says so by itself.
 */
export type FinishReason = "stop" | "length" | "abort" | "silence" | "withheld";

/** One token of a reply. */
export interface SaidToken {
  /** What it spells; not whole characters, always. */
  readonly bytes: Uint8Array;
  /**
   * How likely the model held it (natural logarithm), by its own distribution:
   * at temperature 1, before penalties, top-k, top-p and min-p.
   */
  readonly logProbability: number;
}

export type GenerationEvent =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "done";
      readonly finishReason: FinishReason;
      readonly tokenIds: number[];
      /** The same tokens, as text and as the model's opinion; the end of the reply is none of them. */
      readonly tokens: readonly SaidToken[];
      /** How they were chosen. */
      readonly sampling: SamplingOptions;
      readonly promptTokens: number;
      /** Exchanges left out, oldest first, because the context was full; and the last one if it was cut. */
      readonly droppedTurns: number;
      /** Not even the last user turn (or the system text) was read whole. */
      readonly cut: boolean;
      readonly firstTokenMs: number;
      readonly tokensPerSecond: number;
    };

export interface ModelInfo {
  readonly name: string;
  readonly folder: string;
  readonly parameters: number;
  readonly context: number;
  readonly vocabSize: number;
  readonly runtime: string;
}

export interface Engine {
  readonly model: ModelInfo;
  /** Whole characters as they are written, then one `done`; leaving the loop or aborting stops the work. */
  generate(request: GenerationRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;
  close(): Promise<void>;
}
