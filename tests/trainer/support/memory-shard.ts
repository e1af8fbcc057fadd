/** A shard whose conversations are spelt out, and a batch as a person reads it. */

import type { Batch } from "../../../trainer/data/batch.ts";
import type { Shard } from "../../../trainer/data/shards.ts";

export interface TestConversation {
  readonly ids: readonly number[];
  readonly reply: readonly (boolean | number)[];
}

export const SOS = 0;
export const PAD = 3;

export function memoryShard(conversations: readonly TestConversation[]): Shard {
  return {
    conversations: conversations.length,
    tokens: conversations.reduce((sum, { ids }) => sum + ids.length, 0),
    sos: SOS,
    pad: PAD,
    length: (i) => conversations[i]?.ids.length ?? 0,
    read: (i, start, end) => ({
      ids: Int32Array.from(conversations[i]?.ids.slice(start, end) ?? []),
      reply: Uint8Array.from(conversations[i]?.reply.slice(start, end) ?? [], Number),
    }),
  };
}

export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly token: number;
  readonly target: number;
  readonly weight: number;
  readonly segment: number;
}

export function cellsOf(batch: Batch): Cell[] {
  return Array.from(batch.tokens, (token, cell) => ({
    row: Math.floor(cell / batch.context),
    column: cell % batch.context,
    token,
    target: batch.targets[cell] ?? -1,
    weight: batch.weights[cell] ?? -1,
    segment: batch.segments[cell] ?? -1,
  }));
}
