/** State of the bot that lasts as long as a test. */

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
