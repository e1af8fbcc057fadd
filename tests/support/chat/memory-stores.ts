/** State of the bot that lasts as long as a test. */

import type { Segments } from "../../../src/state/segments.ts";
import type { Journal, Seen, StateDocument } from "../../../src/chat/stores.ts";

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

export interface MemoryJournal<Value> extends Journal<Value> {
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
  lines: Value[];
}

export function memorySegments<Value>(): MemorySegments<Value> {
  let number = 1;
  const segments: MemorySegments<Value> = {
    lines: [],
    get sealed() {
      return number - 1;
    },
    append: async (record) => {
      segments.lines.push(record);
      return number;
    },
    records: async function* () {
      yield* segments.lines;
    },
    edit: async (change) => {
      const before = segments.lines.length;
      const through = number++;
      segments.lines = segments.lines.flatMap((record, index) => change(record, index) ?? []);
      return { dropped: before - segments.lines.length, through };
    },
    close: async () => {},
  };
  return segments;
}

export function memorySeen(): Seen {
  const ids = new Set<string>();
  return {
    claim: async (id) => {
      const isNew = !ids.has(id);
      ids.add(id);
      return isNew;
    },
  };
}
