/**
 * What people said of replies, without their words: a million items in columns
 * of numbers, some forty bytes for each. What they said is read again from the
 * disk where it is needed.
 */

import { sha256Of } from "../core/files.ts";
import { Column } from "./column.ts";
import { Names } from "./names.ts";
import { Numbering } from "./numbering.ts";
import type { Key } from "./last-positions.ts";
import { itemIdOf, type Correction, type FeedbackRecord, type Rating } from "./record.ts";

export type Item = {
  readonly id: string;
  readonly reply: string;
  readonly rater: string;
  readonly model: string;
  readonly at: number;
} & (
  | { readonly kind: "correction" }
  | { readonly kind: "rating"; readonly verdict: Rating["verdict"] }
);

/** What the column `sort` stands for. */
const SORTS = ["correction", "good", "bad"] as const;

const ID = /^[0-9a-f]{8}$/;

/** An odd number: nothing is lost in 32 bits. */
const SCRAMBLER = 0x9e3779b1;

/** The number where no context was kept. */
export const NO_CONTEXT = 2 ** 32 - 1;

export class Items implements Iterable<Item> {
  /** What the numbers in the columns of these names stand for. */
  readonly replies = new Names();
  readonly raters = new Names();
  readonly models = new Names();
  readonly contexts = new Numbering();
  /** Upper case, blanks and signs make no other answer. */
  readonly answers = new Numbering();

  readonly time = new Column(Float64Array);
  readonly id = new Column(Uint32Array);
  readonly sort = new Column(Uint8Array);
  readonly rater = new Column(Uint32Array);
  readonly reply = new Column(Uint32Array);
  readonly model = new Column(Uint32Array);
  readonly context = new Column(Uint32Array);
  /** Of better answers only, as is how long they are. */
  readonly answer = new Column(Uint32Array);
  readonly characters = new Column(Uint32Array);

  get length(): number {
    return this.time.length;
  }

  /** Returns its index. */
  add(record: Correction | Rating): number {
    const { at, rater, reply, model, context } = record;
    const text = record.kind === "correction" ? record.text : undefined;
    this.time.push(at);
    this.id.push(numberOfId(itemIdOf(record)));
    this.sort.push(SORTS.indexOf(record.kind === "rating" ? record.verdict : record.kind));
    this.rater.push(this.raters.numberOf(rater));
    this.reply.push(this.replies.numberOf(reply));
    this.model.push(this.models.numberOf(model));
    this.context.push(context === undefined ? NO_CONTEXT : this.contexts.numberOf(context));
    this.answer.push(text === undefined ? 0 : this.answers.numberOf(sha256Of(plain(text))));
    this.characters.push(text?.length ?? 0);
    return this.length - 1;
  }

  /** The same for all that one person says of one reply, and for nothing else; a thumb is no better answer. */
  keyOf({ kind, reply, rater }: FeedbackRecord): Key {
    const sort = kind === "correction" ? 1 : 0;
    return {
      low: scrambled(this.replies.numberOf(reply)),
      high: scrambled(2 * this.raters.numberOf(rater) + sort),
    };
  }

  /** Nothing if it is a better answer. */
  verdictOf(index: number): Rating["verdict"] | undefined {
    const sort = SORTS[this.sort.at(index)];
    return sort === "correction" ? undefined : sort;
  }

  at(index: number): Item {
    const id = idOfNumber(this.id.at(index));
    const reply = this.replies.nameOf(this.reply.at(index));
    const rater = this.raters.nameOf(this.rater.at(index));
    const model = this.models.nameOf(this.model.at(index));
    const at = this.time.at(index);
    const verdict = this.verdictOf(index);
    return verdict === undefined
      ? { id, reply, rater, model, at, kind: "correction" }
      : { id, reply, rater, model, at, kind: "rating", verdict };
  }

  *[Symbol.iterator](): Generator<Item, void, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** Which are such, in their order. */
  indicesOf(isSuch: (index: number) => boolean): Uint32Array {
    const indices = new Uint32Array(this.length);
    let count = 0;
    for (let index = 0; index < this.length; index++) {
      if (isSuch(index)) indices[count++] = index;
    }
    return indices.subarray(0, count);
  }

  /** The first one of that id. */
  find(id: string): number | undefined {
    const number = numberOfId(id);
    for (let index = 0; index < this.length; index++) {
      if (this.id.at(index) === number) return index;
    }
    return undefined;
  }

  /** No more are added: lets go of what only that needs. */
  settle(): void {
    for (const names of [this.replies, this.raters, this.models]) names.settle();
  }

  /** Drops all others; those that are kept stay in their order. */
  keep(isKept: (index: number) => boolean): void {
    const { time, id, sort, rater, reply, model, context, answer, characters } = this;
    const columns = [time, id, sort, rater, reply, model, context, answer, characters];
    let kept = 0;
    for (let index = 0; index < this.length; index++) {
      if (!isKept(index)) continue;
      for (const column of columns) column.set(kept, column.at(index));
      kept++;
    }
    for (const column of columns) column.cut(kept);
  }
}

/** An id is eight hexadecimal digits, so it fits into a column; NaN if it is something else. */
export function numberOfId(id: string): number {
  return ID.test(id) ? Number.parseInt(id, 16) : Number.NaN;
}

/** Another number for each, far from that of the next. */
function scrambled(number: number): number {
  return Math.imul(number, SCRAMBLER) >>> 0;
}

function idOfNumber(number: number): string {
  return number.toString(16).padStart(8, "0");
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
