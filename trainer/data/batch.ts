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
  /** By cell, where a split is judged: which of its conversations stands there; -1 is padding. */
  readonly conversations?: Int32Array;
  /** What preference training knows besides. */
  readonly comparisons?: Comparisons;
}

/**
 * The replies of a batch, two slots a comparison: chosen and rejected, or one
 * that was rated and one to measure it against. Slots behind the last one are
 * empty: no cell is theirs, and all their numbers are 0.
 */
export interface Comparisons {
  readonly count: number;
  /** By cell: the slot of the reply that its target is part of; -1 where it is part of none. */
  readonly slots: Int32Array;
  /** By slot: log π_ref(reply), in nats. */
  readonly reference: Float32Array;
  /** By comparison: how much it counts; negative where the first reply is not wanted. */
  readonly importance: Float32Array;
  /** By slot: log π(reply) − log π_ref(reply). Whoever runs the batch writes it. */
  readonly logRatios: Float32Array;
}

/** Nothing but padding. */
export function emptyBatch({ pad }: Pick<Shard, "pad">, rows: number, context: number): Batch {
  const cells = rows * context;
  return {
    rows,
    context,
    tokens: new Int32Array(cells).fill(pad),
    targets: new Int32Array(cells).fill(pad),
    weights: new Float32Array(cells),
    segments: new Int32Array(cells),
  };
}

/** Rows laid out and ready to be filled. */
export interface BatchPlan {
  readonly shard: Shard;
  readonly spans: Spans;
  readonly packed: Rows;
  readonly loss: Loss;
}

/** Writes a row of the plan into the batch's row `place`. */
export function fillRow(batch: Batch, place: number, plan: BatchPlan, row: number): void {
  const { packed } = plan;
  let cell = place * batch.context;
  for (let i = packed.starts[row], segment = 1; i < packed.starts[row + 1]; i++, segment++) {
    cell += fillSpan(plan, batch, packed.members[i], cell, segment);
  }
}

/** Writes one span from `cell` on and answers how many cells it took. */
function fillSpan(
  { shard, spans, loss }: BatchPlan,
  { tokens, targets, weights, segments, conversations }: Batch,
  span: number,
  cell: number,
  segment: number,
): number {
  const start = spans.starts.values[span];
  const length = spans.lengths.values[span];
  const unscored = spans.contexts.values[span];
  const conversation = spans.conversations.values[span];
  const { ids, reply } = shard.read(
    conversation,
    start,
    start + length + 1, // the last target is one token further
  );
  tokens.set(ids.subarray(0, length), cell);
  targets.set(ids.subarray(1), cell);
  segments.fill(segment, cell, cell + length);
  conversations?.fill(conversation, cell, cell + length);
  for (let i = unscored; i < length; i++) {
    weights[cell + i] = loss === "all" ? 1 : reply[i + 1];
  }
  return length;
}
