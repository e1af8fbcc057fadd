/**
 * Batches in the order in which they are learnt from or judged.
 *
 * Training goes on for ever, epoch after epoch, each laid out anew: other cuts
 * through long conversations, other neighbours in a row, another order. Where
 * it stands is two numbers, and the seed decides the rest, so a run resumes
 * exactly.
 */

import { HintedError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/random.ts";
import { emptyBatch, fillRow, type Batch, type BatchPlan } from "./batch.ts";
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
  /** Of the present epoch; another may have a few more or fewer. */
  readonly rowsPerEpoch: number;
  /** Where the next batch begins. */
  readonly cursor: Cursor;
  /** The same as a number: 1.5 is the middle of the second epoch. */
  readonly epochs: number;
  next(): Batch;
  seek(cursor: Cursor): void;
  /** To the row that is nearest to this place. */
  seekEpochs(epochs: number): void;
}

/** @throws HintedError if there is nothing to learn from */
export function trainBatches(shard: Shard, options: TrainBatchOptions): BatchSource {
  return new TrainBatches(shard, options);
}

class TrainBatches implements BatchSource {
  readonly #shard: Shard;
  readonly #options: TrainBatchOptions;
  #epoch = 0;
  #row = 0;
  #layout: EpochLayout;

  constructor(shard: Shard, options: TrainBatchOptions) {
    this.#shard = shard;
    this.#options = options;
    this.#layout = layOut(shard, options, 0);
  }

  get rowsPerEpoch(): number {
    return this.#layout.order.length;
  }

  get cursor(): Cursor {
    return { epoch: this.#epoch, row: this.#row };
  }

  get epochs(): number {
    return this.#epoch + this.#row / this.rowsPerEpoch;
  }

  /** A batch that begins in one epoch may end in the next: every row is seen as often as the others. */
  next(): Batch {
    const { rows, context } = this.#options;
    const batch = emptyBatch(this.#shard, rows, context);
    for (let place = 0; place < rows; place++) {
      fillRow(batch, place, this.#layout, this.#layout.order[this.#row]);
      if (this.#row + 1 < this.rowsPerEpoch) this.#row++;
      else this.seek({ epoch: this.#epoch + 1, row: 0 });
    }
    return batch;
  }

  seek({ epoch, row }: Cursor): void {
    if (epoch !== this.#epoch) this.#layout = layOut(this.#shard, this.#options, epoch);
    this.#epoch = epoch;
    if (row < 0 || row >= this.rowsPerEpoch) {
      throw new RangeError(`Row ${row} is not one of the ${this.rowsPerEpoch} rows of the epoch.`);
    }
    this.#row = row;
  }

  seekEpochs(epochs: number): void {
    const epoch = Math.floor(epochs);
    this.seek({ epoch, row: 0 });
    this.#row = Math.floor((epochs - epoch) * this.rowsPerEpoch);
  }
}

/** The rows of one epoch, and the order in which they come. */
interface EpochLayout extends BatchPlan {
  readonly order: Int32Array;
}

function layOut(
  shard: Shard,
  { context, loss, seed, packing = "packed" }: TrainBatchOptions,
  epoch: number,
): EpochLayout {
  const random = new Random(seed ^ Math.imul(epoch, 0x9e3779b1));
  const spans = trainSpans(shard, context, loss, random);
  const shuffled = random.shuffle(countUp(spans.count));
  const packed =
    packing === "packed" ? packRows(spans.lengths.values, shuffled, context) : padRows(shuffled);
  if (packed.count === 0) {
    throw new HintedError("There is no conversation to learn from.", {
      hint: "Add more conversations: the training split is empty.",
    });
  }
  return { shard, spans, packed, loss, order: random.shuffle(countUp(packed.count)) };
}

/** Every target of the split once, in rows that are packed; the last batch is filled with padding. */
export function* evalBatches(
  shard: Shard,
  { rows, context, loss, limit }: EvalBatchOptions,
): Generator<Batch> {
  const spans = evalSpans(shard, context, limit);
  const packed = packRows(spans.lengths.values, countUp(spans.count), context);
  const plan = { shard, spans, packed, loss };
  for (let first = 0; first < packed.count; first += rows) {
    const batch = emptyBatch(shard, rows, context);
    const count = Math.min(rows, packed.count - first);
    for (let place = 0; place < count; place++) fillRow(batch, place, plan, first + place);
    yield batch;
  }
}

function countUp(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
