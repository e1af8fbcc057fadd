/**
 * An engine that knows how many of its replies are in progress, so that it can
 * leave without breaking any of them off.
 */

import type { Engine, GenerationEvent, GenerationRequest, ModelInfo } from "./types.ts";

export class ServedEngine implements Engine {
  readonly #engine: Engine;
  #replies = 0;
  #onIdle = () => {};
  /** Which call of `retire` holds: none after `reinstate`. */
  #leaving: symbol | undefined;
  #closed: Promise<void> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get model(): ModelInfo {
    return this.#engine.model;
  }

  async *generate(
    request: GenerationRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, void> {
    this.#replies++;
    try {
      yield* this.#engine.generate(request, signal);
    } finally {
      this.#replies--;
      if (this.#replies === 0) this.#onIdle();
    }
  }

  /** It writes no reply. */
  get isIdle(): boolean {
    return this.#replies === 0;
  }

  /**
   * Closes once the replies in progress have ended, or, whatever they do, once
   * `patience` is over. Resolves when it is closed, or called back.
   */
  async retire(patience: Promise<unknown>): Promise<void> {
    const leaving = (this.#leaving = Symbol("leaving"));
    if (this.#replies > 0) {
      const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
      await Promise.race([idle, patience]);
    }
    if (this.#leaving === leaving) await this.close();
  }

  /** Calls it back before it is gone; false if it is too late. */
  reinstate(): boolean {
    if (this.#closed) return false;
    this.#leaving = undefined;
    return true;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#engine.close());
  }
}
