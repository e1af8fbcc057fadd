/** State of the bot that lasts as long as a test. */

import { RatingIndex, Ratings } from "../../../src/feedback/ratings.ts";
import type { FeedbackRecord } from "../../../src/feedback/record.ts";
import type { Log } from "../../../src/log.ts";
import type { Segments } from "../../../src/state/segments.ts";
import type { StateDocument } from "../../../src/state/document.ts";
import type { Journal } from "../../../src/state/journal.ts";
import type { Seen } from "../../../src/state/seen.ts";

export function memoryDocument<Value>(initial: Value): StateDocument<Value> {
  let value = initial;
  return {
    get value() {
      return value;
    },
    change: (edit) => {
      value = edit(value);
      return Promise.resolve(value);
    },
  };
}

export interface MemoryJournal<Value> extends Pick<
  Journal<Value>,
  "append" | "records" | "rewrite"
> {
  /** Every line there is. */
  lines: Value[];
}

export function memoryJournal<Value>(lines: Value[] = []): MemoryJournal<Value> {
  const journal: MemoryJournal<Value> = {
    lines,
    append: async (record) => void journal.lines.push(record),
    records: async function* () {
      yield* journal.lines;
    },
    rewrite: async (records) => {
      const kept: Value[] = [];
      for await (const record of records) kept.push(record);
      journal.lines = kept;
    },
  };
  return journal;
}

export interface MemorySegments<Value> extends Segments<Value> {
  /** Every record there is. */
  readonly lines: readonly Value[];
}

/** Each edit seals a segment. */
export function memorySegments<Value>(): MemorySegments<Value> {
  let stored: { readonly record: Value; readonly number: number }[] = [];
  let last = 1;
  return {
    get lines() {
      return stored.map(({ record }) => record);
    },
    get sealed() {
      return last - 1;
    },
    append: async (record) => {
      stored.push({ record, number: last });
      return last;
    },
    records: async function* ({ from = 1, to = Infinity } = {}) {
      for (const { record, number } of stored) if (number >= from && number <= to) yield record;
    },
    edit: async (change) => {
      const before = stored.length;
      const through = last++;
      stored = stored.flatMap(({ record, number }, index) => {
        const after = change(record, index);
        return after === undefined ? [] : [{ record: after, number }];
      });
      return { dropped: before - stored.length, through };
    },
    discardUnreadable: async () => {},
    close: async () => {},
  };
}

/** As after a start that finds no index. */
export function ratingsIn(segments: Segments<FeedbackRecord>, log: Log): Promise<Ratings> {
  return Ratings.open({ segments, index: memoryDocument(RatingIndex.parse({})), log });
}

export function memorySeen(): Pick<Seen, "claim"> {
  const ids = new Set<string>();
  return {
    claim: async (id) => {
      const isNew = !ids.has(id);
      ids.add(id);
      return isNew;
    },
  };
}
