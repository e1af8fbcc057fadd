/**
 * A batch: what one step of training or judging looks at.
 *
 * Four tables of [rows, context]. Two conversations in a row never see one
 * another: `segments` tells the model where each begins and ends, and no
 * target reaches from one into the next.
 */

import type { Rows } from "./pack-rows.ts";
import type { Shard } from "./shards.ts";
import type { Loss, Spans } from "./spans.ts";

export interface Batch {
  readonly rows: number;
  readonly context: number;
  readonly tokens: Int32Array;
  /** The next token of the same conversation. */
  readonly targets: Int32Array;
  /** 1 where the target counts, 0 elsewhere. */
  readonly weights: Float32Array;
  /** Counts the conversations of a row from 1; 0 is padding. */
  readonly segments: Int32Array;
}

export interface BatchPlan {
  readonly shard: Shard;
  readonly spans: Spans;
  readonly packed: Rows;
  /** Of a batch. */
  readonly rows: number;
  readonly context: number;
  readonly loss: Loss;
}

/** @param chosen rows of the plan, at most as many as a batch has; the rest is padding */
export function assembleBatch(plan: BatchPlan, chosen: readonly number[]): Batch {
  const { shard, packed, rows, context } = plan;
  const cells = rows * context;
  const batch: Batch = {
    rows,
    context,
    tokens: new Int32Array(cells).fill(shard.pad),
    targets: new Int32Array(cells).fill(shard.pad),
    weights: new Float32Array(cells),
    segments: new Int32Array(cells),
  };
  for (const [place, row] of chosen.entries()) {
    let cell = place * context;
    for (let i = packed.starts[row], segment = 1; i < packed.starts[row + 1]; i++, segment++) {
      cell += fillSpan(plan, batch, packed.members[i], cell, segment);
    }
  }
  return batch;
}

/** Writes one span from `cell` on and answers how many cells it took. */
function fillSpan(
  { shard, spans, loss }: BatchPlan,
  { tokens, targets, weights, segments }: Batch,
  span: number,
  cell: number,
  segment: number,
): number {
  const start = spans.starts.values[span];
  const length = spans.lengths.values[span];
  const unscored = spans.contexts.values[span];
  const { ids, reply } = shard.read(
    spans.conversations.values[span],
    start,
    start + length + 1, // the last target is one token further
  );
  tokens.set(ids.subarray(0, length), cell);
  targets.set(ids.subarray(1), cell);
  segments.fill(segment, cell, cell + length);
  for (let i = unscored; i < length; i++) {
    weights[cell + i] = loss === "all" ? 1 : reply[i + 1];
  }
  return length;
}
