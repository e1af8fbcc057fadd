/**
 * Batches of comparisons: both replies of one are always in the same batch,
 * each behind its prompt in a segment of its own.
 */

import { emptyBatch, type Batch, type Comparisons } from "../data/batch.ts";
import type { BatchSource } from "../data/batches.ts";
import type { RepliedPrompt } from "../data/preference-rows.ts";
import type { BatchShape } from "../model/transformer.ts";
import { placesIn } from "./compared-loss.ts";
import type { Comparison, ComparisonSet } from "./comparison-set.ts";
import { EpochOrder } from "./epoch-order.ts";
import type { Preference } from "./settings.ts";

/** A comparison as a batch takes it; `replies` may also be one alone. */
export interface Placed {
  readonly replies: readonly RepliedPrompt[];
  /** log π_ref of each reply, in nats; nothing where it is not known yet. */
  readonly reference: readonly number[];
  readonly importance: number;
}

/** By comparison, two numbers each. */
export type ReferenceNats = readonly number[];

export function toPlaced(
  { replies, wanted }: Comparison,
  i: number,
  reference: ReferenceNats,
  { method, desirableWeight, undesirableWeight }: Preference,
): Placed {
  const rated = wanted ? desirableWeight : -undesirableWeight;
  const importance = method === "dpo" ? 1 : rated;
  return { replies, reference: reference.slice(2 * i, 2 * i + 2), importance };
}

export interface ComparisonBatchOptions extends BatchShape {
  readonly pad: number;
}

/** Fills batches for ever, in an order that the seed decides. */
export function comparisonBatches(
  set: ComparisonSet,
  place: (i: number) => Placed,
  { rows, context, seed }: BatchShape & { readonly seed: number },
): BatchSource {
  const order = new EpochOrder(set.count, seed);
  return {
    get cursor() {
      return order.cursor;
    },
    get epochs() {
      return order.epochs;
    },
    next() {
      const filling = new FillingBatch({ rows, context, pad: set.pad });
      while (filling.add(place(order.current))) order.advance();
      return filling.batch;
    },
    seek: (cursor) => order.seek(cursor),
    seekEpochs: (epochs) => order.seekEpochs(epochs),
  };
}

/** Each of them once, in their order. */
export function* batchesOf(
  placed: Iterable<Placed>,
  options: ComparisonBatchOptions,
): Generator<Batch & { readonly comparisons: Comparisons }> {
  let filling = new FillingBatch(options);
  for (const one of placed) {
    if (filling.add(one)) continue;
    yield filling.batch;
    filling = new FillingBatch(options);
    filling.add(one);
  }
  if (filling.count > 0) yield filling.batch;
}

class FillingBatch {
  readonly #batch: Batch;
  readonly #comparisons: Omit<Comparisons, "count">;
  /** Cells taken, by row. */
  #taken: number[];
  readonly #segments: number[];
  count = 0;

  constructor({ rows, context, pad }: ComparisonBatchOptions) {
    const places = placesIn({ rows, context });
    this.#batch = emptyBatch({ pad }, rows, context);
    this.#comparisons = {
      slots: new Int32Array(rows * context).fill(-1),
      reference: new Float32Array(2 * places),
      importance: new Float32Array(places),
      logRatios: new Float32Array(2 * places),
    };
    this.#taken = Array.from({ length: rows }, () => 0);
    this.#segments = this.#taken.slice();
  }

  get batch(): Batch & { readonly comparisons: Comparisons } {
    return { ...this.#batch, comparisons: { ...this.#comparisons, count: this.count } };
  }

  /** False if there is no more room; nothing is written then. */
  add({ replies, reference, importance }: Placed): boolean {
    const rows = this.#rowsFor(replies);
    if (!rows) return false;
    replies.forEach((reply, which) => {
      const slot = 2 * this.count + which;
      this.#write(reply, rows[which], slot);
      this.#comparisons.reference[slot] = reference[which] ?? 0;
    });
    this.#comparisons.importance[this.count] = importance;
    this.count++;
    return true;
  }

  /** For each reply the first row that has room for it. */
  #rowsFor(replies: readonly RepliedPrompt[]): number[] | undefined {
    if (this.count === this.#comparisons.importance.length) return undefined;
    const taken = this.#taken.slice();
    const rows = replies.map(({ ids }) => {
      const row = taken.findIndex((cells) => cells + ids.length - 1 <= this.#batch.context);
      taken[row] += ids.length - 1;
      return row;
    });
    return rows.includes(-1) ? undefined : rows;
  }

  #write({ ids, replyStart, wanted }: RepliedPrompt, row: number, slot: number): void {
    const { tokens, targets, weights, segments, context } = this.#batch;
    const start = row * context + this.#taken[row];
    const length = ids.length - 1; // nothing follows the last token
    const end = start + length;
    const reply = start + replyStart - 1; // here its first token is predicted
    tokens.set(ids.subarray(0, length), start);
    targets.set(ids.subarray(1), start);
    segments.fill(++this.#segments[row], start, end);
    this.#comparisons.slots.fill(slot, reply, end);
    if (slot % 2 === 0 && wanted) weights.fill(1, reply, end);
    this.#taken[row] += length;
  }
}
