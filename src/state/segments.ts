/**
 * A journal too long for one file: `000001.journal`, `000002.journal`, …
 *
 * Records go to the last segment; once that is large enough it is sealed and
 * the next one begins. A start touches the last segment only, and what is old
 * is thinned out segment by segment while new records come in.
 */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { removeUnfinished } from "../core/files.ts";
import { openJournal, readJournal, type Journal, type JournalOptions } from "./journal.ts";
import { inOrder } from "./in-order.ts";

/** About 15,000 ratings: read at a start, and held in memory while they are edited. */
const SEGMENT_BYTES = 4 * 1024 * 1024;

const NAME = /^(\d{6,})\.journal$/;

/** What stands beside a segment: its end, as a crash left it; lines that a rewrite could not read. */
const TORN = /^\d{6,}\.journal\.torn-\d+$/;
const DAMAGED = /^\d{6,}\.journal\.damaged$/;

export interface SegmentsOptions<T> extends Omit<JournalOptions<T>, "path"> {
  readonly folder: string;
  readonly segmentBytes?: number;
}

export interface Range {
  /** Numbers of segments, both included. */
  readonly from?: number;
  readonly to?: number;
}

/** What becomes of a record: the record itself, another one, or nothing. `position` counts all records from 0. */
export type Edit<T> = (record: T, position: number) => T | undefined;

export interface EditOptions {
  /** What cannot be read is deleted too, also where it was set aside: nobody can tell whose it is. */
  readonly discardsUnreadable?: boolean;
}

/** As somebody asks to be forgotten. */
export const FORGETTING: EditOptions = { discardsUnreadable: true };

export interface Edited {
  /** Records that are gone. */
  readonly dropped: number;
  /** The last segment that was edited; what came meanwhile lies behind it. */
  readonly through: number;
}

export interface Segments<T> {
  /** The newest segment that no record is added to any more; 0 if there is none. */
  readonly sealed: number;
  /** Resolves with the number of its segment when the record would survive a power cut; they resolve in order. */
  append(record: T): Promise<number>;
  /** Oldest first, in constant memory. */
  records(range?: Range): AsyncIterable<T>;
  /** Changes what is there; appends go on meanwhile. A segment that is left empty is deleted. */
  edit(change: Edit<T>, options?: EditOptions): Promise<Edited>;
  /** Deletes what could not be read: what a crash tore before that moment, and whatever an edit set aside. */
  discardUnreadable(before: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSegments<T>(options: SegmentsOptions<T>): Promise<Segments<T>> {
  await mkdir(options.folder, { recursive: true });
  await removeUnfinished(options.folder);
  const numbers = await segmentsIn(options.folder);
  const last = numbers.at(-1) ?? 1;
  return new SegmentedJournal(options, await openJournal(optionsOf(options, last)), last);
}

/** The records of segments that another process may be writing. */
export async function* readSegments<T>(options: SegmentsOptions<T>): AsyncGenerator<T> {
  if (!existsSync(options.folder)) return;
  for (const number of await segmentsIn(options.folder)) {
    for await (const batch of readJournal(optionsOf(options, number))) yield* batch;
  }
}

class SegmentedJournal<T> implements Segments<T> {
  readonly #options: SegmentsOptions<T>;
  readonly #inOrder = inOrder();
  #journal: Journal<T>;
  #last: number;
  /** The next segment is being opened: appends wait, so that they stay in order. */
  #rotating: Promise<void> | undefined;

  constructor(options: SegmentsOptions<T>, journal: Journal<T>, last: number) {
    this.#options = options;
    this.#journal = journal;
    this.#last = last;
  }

  get sealed(): number {
    return this.#last - 1;
  }

  append(record: T): Promise<number> {
    if (!this.#rotating) return this.#put(record);
    const put = () => this.append(record); // into the old segment, if there is no new one
    return this.#rotating.then(put, put);
  }

  async *records({ from = 1, to = Infinity }: Range = {}): AsyncGenerator<T> {
    const numbers = await segmentsIn(this.#options.folder);
    for (const number of numbers.filter((one) => one >= from && one <= to)) {
      const batches =
        number === this.#last
          ? this.#journal.batches()
          : readJournal(optionsOf(this.#options, number));
      for await (const batch of batches) yield* batch;
    }
  }

  edit(change: Edit<T>, { discardsUnreadable = false }: EditOptions = {}): Promise<Edited> {
    return this.#inOrder(async () => {
      if (this.#journal.size > 0) await this.#rotate();
      const through = this.sealed;
      let dropped = 0;
      let position = 0;
      for (const number of await segmentsIn(this.#options.folder)) {
        if (number > through) break;
        const edit = (record: T) => change(record, position++);
        dropped += await this.#editSegment(number, edit, discardsUnreadable);
      }
      if (discardsUnreadable) await this.#discard(Infinity);
      return { dropped, through };
    });
  }

  discardUnreadable(before: number): Promise<void> {
    return this.#inOrder(() => this.#discard(before));
  }

  async close(): Promise<void> {
    await this.#rotating;
    await this.#inOrder(() => this.#journal.close());
  }

  async #put(record: T): Promise<number> {
    const number = this.#last;
    await this.#journal.append(record);
    const isFull = this.#journal.size > (this.#options.segmentBytes ?? SEGMENT_BYTES);
    if (isFull && number === this.#last && !this.#rotating) {
      void this.#rotate().catch((error: unknown) =>
        this.#options.log.warn("journal not divided", { folder: this.#options.folder, error }),
      ); // the segment just grows; the next append tries again
    }
    return number;
  }

  /** Seals the last segment. If the next cannot be begun, the last one goes on. */
  #rotate(): Promise<void> {
    this.#rotating ??= this.#begin(this.#last + 1).finally(() => (this.#rotating = undefined));
    return this.#rotating;
  }

  async #begin(number: number): Promise<void> {
    const next = await openJournal(optionsOf(this.#options, number));
    const full = this.#journal;
    await full.close(); // what was appended before is on disk then
    this.#journal = next;
    this.#last = number;
  }

  /** Written anew only if something changes; what cannot be read is set aside then. */
  async #editSegment(
    number: number,
    change: (record: T) => T | undefined,
    discardsUnreadable: boolean,
  ): Promise<number> {
    const options = optionsOf(this.#options, number);
    const kept: T[] = [];
    let before = 0;
    let isChanged = false;
    const onDamage = () => (isChanged ||= discardsUnreadable);
    for await (const batch of readJournal(options, onDamage)) {
      before += batch.length;
      for (const record of batch) {
        const after = change(record);
        if (after !== undefined) kept.push(after);
        if (after !== record) isChanged = true;
      }
    }
    if (kept.length === 0) await rm(options.path, { force: true });
    else if (isChanged) await rewrite(options, kept);
    return before - kept.length;
  }

  async #discard(before: number): Promise<void> {
    for (const name of await readdir(this.#options.folder)) {
      const path = join(this.#options.folder, name);
      const isOld = async () => (await stat(path)).mtimeMs < before;
      if (DAMAGED.test(name) || (TORN.test(name) && (await isOld()))) await rm(path);
    }
  }
}

async function rewrite<T>(options: JournalOptions<T>, records: readonly T[]): Promise<void> {
  const journal = await openJournal(options);
  try {
    await journal.rewrite(records);
  } finally {
    await journal.close();
  }
}

async function segmentsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  const numbers = names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN) || []);
  return numbers.sort((one, other) => one - other);
}

function optionsOf<T>(
  { folder, schema, log }: SegmentsOptions<T>,
  number: number,
): JournalOptions<T> {
  return { path: join(folder, `${String(number).padStart(6, "0")}.journal`), schema, log };
}
