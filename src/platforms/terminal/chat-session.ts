/**
 * One conversation with a model: what was said so far, and the next reply.
 *
 * Knows messages; not where they are typed or shown.
 */

import type { Message } from "../../core/chat/conversation.ts";
import type { Engine, GenerationEvent, GenerationRequest } from "../../generate/types.ts";

export type ReplySettings = Pick<GenerationRequest, "maxTokens" | "sampling">;
export type ReplyFigures = Extract<GenerationEvent, { type: "done" }>;

export interface FinishedReply extends ReplyFigures {
  readonly text: string;
}

export class ChatSession {
  readonly #engine: Engine;
  readonly #settings: ReplySettings;
  #messages: Message[] = [];

  constructor(engine: Engine, settings: ReplySettings) {
    this.#engine = engine;
    this.#settings = settings;
  }

  /** Yields the reply as it is written and returns it whole; both turns are then remembered. */
  async *say(
    content: string,
    signal: AbortSignal,
  ): AsyncGenerator<string, FinishedReply | undefined, void> {
    const messages: Message[] = [...this.#messages, { role: "user", content }];
    let text = "";
    let figures: ReplyFigures | undefined;
    for await (const event of this.#engine.generate({ ...this.#settings, messages }, signal)) {
      if (event.type === "done") {
        figures = event;
        continue;
      }
      text += event.text;
      yield event.text;
    }
    this.#messages = [...messages, { role: "assistant", content: text }];
    return figures && { ...figures, text };
  }

  clear(): void {
    this.#messages = [];
  }
}
