/**
 * What generation needs of a model: slots that each hold the cache of one
 * conversation, reading into one of them, and one joint step for many.
 *
 * Knows ids and positions; not text, not chats. Rows of logits are views that
 * the next call overwrites.
 */

import type { TokenId } from "../tokenizer/tokenizer.ts";

export interface Decoder {
  readonly slots: number;
  /** Positions in a slot; reading further is an error. */
  readonly context: number;
  readonly vocabSize: number;
  /** Reads `ids` into a slot from `position` on: the logits after the last of them. */
  read(slot: number, position: number, ids: readonly TokenId[]): Promise<Float32Array>;
  /** Reads one token into each of the first slots, at its own position: logits a slot. */
  step(tokens: readonly TokenId[], positions: readonly number[]): Promise<readonly Float32Array[]>;
  /** Exchanges the first `lengths` positions of two slots. */
  swap(slots: readonly [number, number], lengths: readonly [number, number]): void;
  dispose(): void;
}
