/**
 * A version that answers what people asked beside the champion, seen by
 * nobody: now and then, once the champion's reply is finished, one question at
 * a time, and only while nobody waits for a reply. Whoever asks meanwhile ends
 * it. Nothing that it writes is kept but figures.
 */

import { z } from "zod";

import type { Clock } from "../chat/clock.ts";
import type { Answered } from "../chat/models.ts";
import type { Engine } from "../generate/types.ts";
import type { Log } from "../log.ts";
import type { StateDocument } from "../state/document.ts";
import type { Trial } from "./registry-state.ts";
import { isInShare } from "./share.ts";
import {
  noFigures,
  ShadowFigures,
  withReplies,
  wordsAbout,
  type Counted,
} from "./shadow-figures.ts";

/** Percent of the replies that it is asked beside, by their ids, and the least time between two, in milliseconds. */
const SAMPLED = 50;
const PAUSE_MS = 5000;

export const ShadowState = z.strictObject({ figures: ShadowFigures.optional() }).readonly();

export type ShadowState = z.infer<typeof ShadowState>;

export interface ShadowParts {
  readonly document: StateDocument<ShadowState>;
  readonly clock: Clock;
  readonly log: Log;
}

interface ShadowEngine {
  readonly trial: Trial;
  readonly engine: Pick<Engine, "generate">;
}

export class Shadow {
  readonly #parts: ShadowParts;
  #writing: AbortController | undefined;
  #written: Promise<void> = Promise.resolve();
  #notBefore = 0;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** What the champion has answered; there is nothing to wait for. */
  hear(reply: Answered, shadow: ShadowEngine): void {
    const now = this.#parts.clock.now();
    if (this.#writing || now < this.#notBefore) return;
    if (!isInShare(reply.id, shadow.trial.name, SAMPLED)) return;
    this.#notBefore = now + PAUSE_MS;
    this.#writing = new AbortController();
    this.#written = this.#answer(reply, shadow, this.#writing.signal)
      .catch((error: unknown) => this.#parts.log.warn("shadow not counted", { error }))
      .finally(() => (this.#writing = undefined));
  }

  /** Somebody waits for a reply. */
  makeWay(): void {
    this.#writing?.abort();
  }

  /** Of that trial, once there are any. */
  figuresOf(trial: Trial | undefined): ShadowFigures | undefined {
    const { figures } = this.#parts.document.value;
    return figures?.name === trial?.name && figures?.since === trial?.since ? figures : undefined;
  }

  wordsAbout(trial: Trial | undefined): string | undefined {
    return trial && wordsAbout(this.figuresOf(trial) ?? noFigures(trial));
  }

  async close(): Promise<void> {
    this.makeWay();
    await this.#written;
  }

  async #answer(
    champion: Answered,
    { trial, engine }: ShadowEngine,
    signal: AbortSignal,
  ): Promise<void> {
    const shadow = await this.#write(champion, engine, signal);
    if (!shadow || signal.aborted) return; // what was cut off says nothing
    await this.#parts.document.change(() => {
      const figures = this.figuresOf(trial) ?? noFigures(trial);
      return { figures: withReplies(figures, { champion, shadow }) };
    });
  }

  async #write(
    { request, id }: Answered,
    engine: Pick<Engine, "generate">,
    signal: AbortSignal,
  ): Promise<Counted | undefined> {
    let text = "";
    try {
      for await (const event of engine.generate(request, signal)) {
        if (event.type === "text") text += event.text;
        else if (event.finishReason === "abort") return undefined;
        else return { ...event, text, tokens: event.tokenIds.length, hasFailed: false };
      }
    } catch (error) {
      this.#parts.log.warn("shadow failed", { reply: id, error });
    }
    return { text: "", hasFailed: true, tokens: 0, firstTokenMs: 0, tokensPerSecond: 0 };
  }
}
