/**
 * A decoder whose slots hold ids instead of keys and values, and whose next
 * token a test decides from them: a chat that reads another's slot shows.
 */

import type { Decoder } from "../../src/core/decoder/decoder.ts";

export type NextToken = (ids: readonly number[]) => number;

export class ScriptedDecoder implements Decoder {
  readonly slots: number;
  readonly context: number;
  readonly vocabSize = 262;
  /** What was asked for, for example `read 0: 5 at 0` and `step 2`. */
  readonly calls: string[] = [];
  readonly #next: NextToken;
  readonly #cache: number[][];

  constructor(next: NextToken, { slots = 2, context = 200 } = {}) {
    this.#next = next;
    this.slots = slots;
    this.context = context;
    this.#cache = Array.from({ length: slots }, () => []);
  }

  async read(slot: number, position: number, ids: readonly number[]): Promise<Float32Array> {
    this.calls.push(`read ${slot}: ${ids.length} at ${position}`);
    return this.#feed(slot, position, ids);
  }

  async step(tokens: readonly number[], positions: readonly number[]): Promise<Float32Array[]> {
    this.calls.push(`step ${tokens.length}`);
    return tokens.map((token, slot) => this.#feed(slot, positions[slot]!, [token]));
  }

  swap([a, b]: readonly [number, number], lengths: readonly [number, number]): void {
    this.calls.push(`swap ${a} ${b}`);
    const kept = this.#cache[a]!.slice(0, lengths[0]);
    this.#cache[a] = this.#cache[b]!.slice(0, lengths[1]);
    this.#cache[b] = kept;
  }

  dispose(): void {}

  #feed(slot: number, position: number, ids: readonly number[]): Float32Array {
    const cache = this.#cache[slot]!;
    if (position > cache.length) throw new RangeError(`Slot ${slot} has a hole before ${position}`);
    if (position + ids.length > this.context) throw new RangeError("Beyond the context");
    cache.length = position;
    cache.push(...ids);
    const logits = new Float32Array(this.vocabSize);
    logits[this.#next(cache)] = 1;
    return logits;
  }
}
