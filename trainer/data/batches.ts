/**
 * Batches in the order in which they are learnt from or judged.
 *
 * Training goes on for ever, epoch after epoch, each laid out anew: other cuts
 * through long conversations, other neighbours in a row, another order. Where
 * it stands is three numbers, and the seed decides the rest, so a run resumes
 * exactly.
 */

import { HintedError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/random.ts";
import { emptyBatch, fillRow, type Batch, type BatchPlan } from "./batch.ts";
import { joinedShard } from "./joined-shard.ts";
import { packRows, padRows } from "./pack-rows.ts";
import { replayRing, type Replay, type ReplayRing } from "./replay.ts";
import type { Shard } from "./shards.ts";
import { evalSpans, trainSpans, type Loss } from "./spans.ts";

/** Enough for any two of them to meet in a row by chance, few enough for a few megabytes. */
const WINDOW = 1 << 16;

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
  /** Conversations that are laid out together. */
  readonly window?: number;
  /** Old conversations that are mixed in, other ones each epoch. */
  readonly replay?: Replay | null;
}

export interface EvalBatchOptions extends BatchOptions {
  /** About how many tokens to judge; all of them by default. */
  readonly limit?: number;
}

/** How many epochs are behind, how many windows of the present one, and how many rows of that. */
export interface Cursor {
  readonly epoch: number;
  readonly window: number;
  readonly row: number;
}

export interface BatchSource {
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

/**
 * An epoch goes through the conversations in a shuffled order, a window of them at a time: their
 * rows are laid out together and shuffled again, and memory stays the same for any number of them.
 */
class TrainBatches implements BatchSource {
  /** What is new, and behind it what can be repeated. */
  readonly #shard: Shard;
  readonly #fresh: number;
  readonly #replay: ReplayRing | undefined;
  readonly #options: TrainBatchOptions;
  readonly #windowSize: number;
  #epoch = 0;
  #window = 0;
  #row = 0;
  /** The conversations in the order of this epoch. */
  #order: Int32Array;
  #rows: WindowRows;

  constructor(shard: Shard, options: TrainBatchOptions) {
    const { replay } = options;
    this.#shard = replay ? joinedShard([shard, replay.originals]) : shard;
    this.#fresh = shard.conversations;
    this.#replay = replay ? replayRing(shard, replay, options) : undefined;
    this.#options = options;
    this.#windowSize = options.window ?? WINDOW;
    this.#order = this.#orderOf(0);
    this.#rows = this.#layOut();
    if (this.#rows.order.length === 0) this.#enterNextWindow();
  }

  get cursor(): Cursor {
    return { epoch: this.#epoch, window: this.#window, row: this.#row };
  }

  get epochs(): number {
    const windows = this.#window + this.#row / this.#rows.order.length;
    return this.#epoch + windows / this.#windows;
  }

  /** A batch that begins in one epoch may end in the next: every row is seen as often as the others. */
  next(): Batch {
    const { rows, context } = this.#options;
    const batch = emptyBatch(this.#shard, rows, context);
    for (let place = 0; place < rows; place++) {
      fillRow(batch, place, this.#rows, this.#rows.order[this.#row]);
      if (++this.#row === this.#rows.order.length) this.#enterNextWindow();
    }
    return batch;
  }

  seek({ epoch, window, row }: Cursor): void {
    this.#enter(epoch, window);
    if (row < 0 || row >= this.#rows.order.length) {
      throw new RangeError(`Row ${row} is not one of the window's ${this.#rows.order.length}.`);
    }
    this.#row = row;
  }

  seekEpochs(epochs: number): void {
    const epoch = Math.floor(epochs);
    this.#enter(epoch, 0);
    const windows = (epochs - epoch) * this.#windows;
    const window = Math.floor(windows);
    this.#enter(epoch, window);
    if (this.#rows.order.length === 0) this.#enterNextWindow();
    else this.#row = Math.floor((windows - window) * this.#rows.order.length);
  }

  get #windows(): number {
    return Math.max(1, Math.ceil(this.#order.length / this.#windowSize));
  }

  #enter(epoch: number, window: number): void {
    if (epoch === this.#epoch && window === this.#window) return;
    if (epoch !== this.#epoch) this.#order = this.#orderOf(epoch);
    this.#epoch = epoch;
    this.#window = window;
    this.#row = 0;
    this.#rows = this.#layOut();
  }

  /** With `replies` there may be windows without any; a whole epoch of them is an error. */
  #enterNextWindow(): void {
    for (let tries = 0; tries < this.#windows + 1; tries++) {
      const isLast = this.#window + 1 >= this.#windows;
      this.#enter(isLast ? this.#epoch + 1 : this.#epoch, isLast ? 0 : this.#window + 1);
      if (this.#rows.order.length > 0) return;
    }
    throw new HintedError("There is no conversation to learn from.", {
      hint: "Add more conversations: the training split is empty.",
    });
  }

  #orderOf(epoch: number): Int32Array {
    const repeated = this.#replay?.stretch(epoch) ?? [];
    const order = new Int32Array(this.#fresh + repeated.length);
    order.set(countUp(this.#fresh));
    order.set(
      repeated.map((i) => this.#fresh + i),
      this.#fresh,
    );
    return this.#random(epoch, -1).shuffle(order);
  }

  #layOut(): WindowRows {
    const { context, loss, packing = "packed" } = this.#options;
    const random = this.#random(this.#epoch, this.#window);
    const start = this.#window * this.#windowSize;
    const conversations = this.#order.subarray(start, start + this.#windowSize);
    const spans = trainSpans(this.#shard, conversations, context, loss, random);
    const shuffled = random.shuffle(countUp(spans.count));
    const packed =
      packing === "packed" ? packRows(spans.lengths.values, shuffled, context) : padRows(shuffled);
    const order = random.shuffle(countUp(packed.count));
    return { shard: this.#shard, spans, packed, loss, order };
  }

  #random(epoch: number, window: number): Random {
    const place = Math.imul(epoch, 0x9e3779b1) ^ Math.imul(window + 1, 0x85ebca6b);
    return new Random(this.#options.seed ^ place);
  }
}

/** The rows of a window, and the order in which they come. */
interface WindowRows extends BatchPlan {
  readonly order: Int32Array;
}

export type JudgedBatch = Batch & Required<Pick<Batch, "conversations">>;

/** Every target of the split once, in rows that are packed; the last batch is filled with padding. */
export function* evalBatches(
  shard: Shard,
  { rows, context, loss, limit }: EvalBatchOptions,
): Generator<JudgedBatch> {
  const spans = evalSpans(shard, context, limit);
  const packed = packRows(spans.lengths.values, countUp(spans.count), context);
  const plan = { shard, spans, packed, loss };
  for (let first = 0; first < packed.count; first += rows) {
    const conversations = new Int32Array(rows * context).fill(-1);
    const batch = { ...emptyBatch(shard, rows, context), conversations };
    const count = Math.min(rows, packed.count - first);
    for (let place = 0; place < count; place++) fillRow(batch, place, plan, first + place);
    yield batch;
  }
}

function countUp(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
