/**
 * An engine whose model is changed while it runs: what is asked from then on
 * goes to the new one, what is being written ends on the old one.
 *
 * `model` and `generate` name the same model when they are used in one go,
 * without an `await` between them.
 */

import { ServedEngine } from "./served-engine.ts";
import type { Engine, GenerationEvent, GenerationRequest, ModelInfo } from "./types.ts";

export class SwappableEngine implements Engine {
  #current: ServedEngine;

  constructor(first: ServedEngine) {
    this.#current = first;
  }

  get model(): ModelInfo {
    return this.#current.model;
  }

  get isIdle(): boolean {
    return this.#current.isIdle;
  }

  generate(request: GenerationRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent> {
    return this.#current.generate(request, signal);
  }

  /** @returns the engine that has served so far; retiring it is the caller's. */
  swap(next: ServedEngine): ServedEngine {
    const before = this.#current;
    this.#current = next;
    return before;
  }

  close(): Promise<void> {
    return this.#current.close();
  }
}
