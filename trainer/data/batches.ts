/**
 * Batches in the order in which they are learnt from or judged.
 *
 * Training goes on for ever, epoch after epoch; where it stands is two
 * numbers, and the seed decides the rest, so a run resumes exactly.
 */

import { HintedError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/random.ts";
import { assembleBatch, type Batch, type BatchPlan } from "./batch.ts";
import { packRows, padRows } from "./pack-rows.ts";
import type { Shard } from "./shards.ts";
import { evalSpans, trainSpans, type Loss } from "./spans.ts";

interface BatchOptions {
  /** Of a batch. */
  readonly rows: number;
  readonly context: number;
  readonly loss: Loss;
}

export interface TrainBatchOptions extends BatchOptions {
  readonly seed: number;
  /** `packed`: several conversations share a row; `padded`: one a row, and padding. */
  readonly packing?: "packed" | "padded";
}

export interface EvalBatchOptions extends BatchOptions {
  /** About how many tokens to judge; all of them by default. */
  readonly limit?: number;
}

/** How many epochs are behind, and how many rows of the present one. */
export interface Cursor {
  readonly epoch: number;
  readonly row: number;
}

export interface BatchSource {
  readonly rowsPerEpoch: number;
  /** Where the next batch begins. */
  readonly cursor: Cursor;
  next(): Batch;
  seek(cursor: Cursor): void;
}

/** @throws HintedError if there is nothing to learn from */
export function trainBatches(shard: Shard, options: TrainBatchOptions): BatchSource {
  const { rows, context, loss, seed, packing = "packed" } = options;
  const spans = trainSpans(shard, context, loss);
  const order = shuffled(spans.count, seed, 0);
  const packed =
    packing === "packed" ? packRows(spans.lengths.values, order, context) : padRows(order);
  if (packed.count === 0) {
    throw new HintedError("There is no conversation to learn from.", {
      hint: "Add more conversations: the training split is empty.",
    });
  }
  return new TrainBatches({ shard, spans, packed, rows, context, loss }, seed);
}

class TrainBatches implements BatchSource {
  readonly #plan: BatchPlan;
  readonly #seed: number;
  #epoch = 0;
  #row = 0;
  /** The rows of this epoch as they come. */
  #order: Int32Array;

  constructor(plan: BatchPlan, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
    this.#order = this.#orderOf(0);
  }

  get rowsPerEpoch(): number {
    return this.#plan.packed.count;
  }

  get cursor(): Cursor {
    return { epoch: this.#epoch, row: this.#row };
  }

  /** A batch that begins in one epoch may end in the next: every row is seen as often as the others. */
  next(): Batch {
    const chosen: number[] = [];
    while (chosen.length < this.#plan.rows) {
      chosen.push(this.#order[this.#row]);
      if (this.#row + 1 < this.rowsPerEpoch) this.#row++;
      else this.seek({ epoch: this.#epoch + 1, row: 0 });
    }
    return assembleBatch(this.#plan, chosen);
  }

  seek({ epoch, row }: Cursor): void {
    if (row < 0 || row >= this.rowsPerEpoch) {
      throw new RangeError(`Row ${row} is not one of the ${this.rowsPerEpoch} rows of an epoch.`);
    }
    if (epoch !== this.#epoch) this.#order = this.#orderOf(epoch);
    this.#epoch = epoch;
    this.#row = row;
  }

  #orderOf(epoch: number): Int32Array {
    return shuffled(this.rowsPerEpoch, this.#seed, epoch + 1); // 0 shuffled the spans
  }
}

/** Every target of the split once, in rows that are packed; the last batch is filled with padding. */
export function* evalBatches(
  shard: Shard,
  { rows, context, loss, limit }: EvalBatchOptions,
): Generator<Batch> {
  const spans = evalSpans(shard, context, limit);
  const order = Int32Array.from({ length: spans.count }, (_, span) => span);
  const packed = packRows(spans.lengths.values, order, context);
  const plan = { shard, spans, packed, rows, context, loss };
  for (let row = 0; row < packed.count; row += rows) {
    const count = Math.min(rows, packed.count - row);
    yield assembleBatch(
      plan,
      Array.from({ length: count }, (_, i) => row + i),
    );
  }
}

/** The numbers below `count` in an order of their own for each seed and round. */
function shuffled(count: number, seed: number, round: number): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  return new Random(seed ^ Math.imul(round, 0x9e3779b1)).shuffle(numbers);
}
