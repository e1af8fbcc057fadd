/**
 * What happened, a line each, in the order it happened.
 *
 *     3f2a9c0b51de {"id":"1182…","verdict":"good"}
 *
 * A record is on disk when `append` resolves: whatever kills the process or
 * the machine afterwards, it is read back. Appends that come while the disk is
 * busy share the next fsync. Each line begins with the start of the SHA-256 of
 * its JSON, so that half of a line, or a changed one, is never taken for a
 * record: damage at the end is what a crash leaves and is cut off, damage
 * elsewhere costs that line only, and the bytes are kept in both cases.
 */

import { createReadStream, createWriteStream, openSync } from "node:fs";
import { mkdir, open, stat, truncate, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import { syncFolder, writeAtomically } from "../core/files.ts";
import type { Log } from "../log.ts";
import { inOrder } from "./in-order.ts";
import { jsonOfLine, MAX_LINE_BYTES, toLine, wholeLines } from "./journal-lines.ts";

/** How much `rewrite` writes at once. */
const PART_CHARACTERS = 8 * 1024;

/** How much is read at once: what stands in it is parsed in one go, in about a millisecond. */
const PART_BYTES = 16 * 1024;

export interface JournalOptions<T> {
  readonly path: string;
  /** Records must come back from JSON as they went. */
  readonly schema: z.ZodType<T>;
  readonly log: Log;
}

/** Whatever is asked of it happens in the order it was asked. */
export interface Journal<T> {
  /** Bytes that are known to be on disk. */
  readonly size: number;
  /** Resolves when the record would survive a power cut. */
  append(record: T): Promise<void>;
  /** All records that are on disk when the reading begins, in constant memory; damaged lines are logged and left out. */
  records(): AsyncIterable<T>;
  /** The same, many at once. */
  batches(): AsyncIterable<T[]>;
  /** Replaces all records at once; `records()` may be what they are made from. */
  rewrite(records: Iterable<T> | AsyncIterable<T>): Promise<void>;
  /** After what was asked before is done. */
  close(): Promise<void>;
}

export async function openJournal<T>(options: JournalOptions<T>): Promise<Journal<T>> {
  const { path } = options;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a");
  await syncFolder(dirname(path));
  await cutTornTail(options);
  return new FileJournal(options, file, (await file.stat()).size);
}

/** The records, many at once, of a journal that somebody else may be appending to; nothing is opened for writing, and none are read where there is no file. */
export async function* readJournal<T>(
  options: JournalOptions<T>,
  onDamage?: () => void,
): AsyncGenerator<T[]> {
  const file = await open(options.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (!file) return;
  try {
    yield* batchesIn(options, file, Infinity, onDamage);
  } finally {
    await file.close();
  }
}

interface Batch {
  readonly lines: string[];
  readonly written: Promise<void>;
}

class FileJournal<T> implements Journal<T> {
  readonly #options: JournalOptions<T>;
  readonly #inOrder = inOrder();
  #file: FileHandle;
  /** How many bytes are known to be on disk; what lies behind them was never promised. */
  #size: number;
  #mayBeTorn = false;
  /** What the next fsync will carry, as long as it has not begun. */
  #batch: Batch | undefined;

  constructor(options: JournalOptions<T>, file: FileHandle, size: number) {
    this.#options = options;
    this.#file = file;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  async append(record: T): Promise<void> {
    const line = this.#lineOf(record);
    this.#batch ??= this.#newBatch();
    this.#batch.lines.push(line);
    await this.#batch.written;
  }

  async *records(): AsyncGenerator<T> {
    for await (const batch of this.batches()) yield* batch;
  }

  async *batches(): AsyncGenerator<T[]> {
    // In one step: a rewrite that ends in between would make the two disagree.
    const fd = openSync(this.#options.path, "r");
    yield* batchesIn(this.#options, fd, this.#size);
  }

  async rewrite(records: Iterable<T> | AsyncIterable<T>): Promise<void> {
    this.#batch = undefined; // what is appended from now on comes after the rewrite
    await this.#inOrder(async () => {
      await this.#cutWhatFailed();
      await keepDamagedLines(this.#options);
      this.#size = Infinity; // nothing is appended meanwhile, so a reader may take the old or the new file whole
      try {
        await writeAtomically(this.#options.path, this.#partsOf(records));
      } finally {
        await this.#reopen(); // whichever of the two files now has the name
      }
    });
  }

  async close(): Promise<void> {
    await this.#inOrder(async () => {
      await this.#cutWhatFailed();
      await this.#file.close();
    });
  }

  #newBatch(): Batch {
    const lines: string[] = [];
    const written = this.#inOrder(() => {
      if (this.#batch?.lines === lines) this.#batch = undefined;
      return this.#write(lines);
    });
    return { lines, written };
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(""));
    await this.#cutWhatFailed();
    this.#mayBeTorn = true;
    await this.#file.appendFile(bytes);
    await this.#file.sync();
    this.#mayBeTorn = false;
    this.#size += bytes.length;
  }

  /** What stands behind the last good write was never promised. */
  async #cutWhatFailed(): Promise<void> {
    if (this.#mayBeTorn) await this.#file.truncate(this.#size);
    this.#mayBeTorn = false;
  }

  async #reopen(): Promise<void> {
    await this.#file.close();
    this.#file = await open(this.#options.path, "a");
    this.#size = (await this.#file.stat()).size;
  }

  async *#partsOf(records: Iterable<T> | AsyncIterable<T>): AsyncGenerator<string> {
    let part = "";
    for await (const record of records) {
      part += this.#lineOf(record);
      if (part.length < PART_CHARACTERS) continue;
      yield part;
      part = "";
    }
    yield part;
  }

  #lineOf(record: T): string {
    const line = toLine(this.#options.schema.parse(record));
    if (Buffer.byteLength(line) <= MAX_LINE_BYTES) return line;
    throw new RangeError(`A record of ${this.#options.path} is longer than a line may be`);
  }
}

async function* batchesIn<T>(
  { path, schema, log }: JournalOptions<T>,
  fd: number | FileHandle,
  size: number,
  onDamage = () => {},
): AsyncGenerator<T[]> {
  let number = 0;
  for await (const lines of wholeLines(createReadStream(path, { fd, highWaterMark: PART_BYTES }))) {
    const batch: T[] = [];
    for (const { bytes, end } of lines) {
      if (end > size) break;
      number++;
      const { record, damage } = readLine(bytes, schema);
      if (damage === undefined) {
        batch.push(record);
        continue;
      }
      log.warn("journal line left out", { path, line: number, damage });
      onDamage();
    }
    yield batch;
    if ((lines.at(-1)?.end ?? 0) > size) return;
  }
}

type Read<T> =
  | { readonly record: T; readonly damage?: undefined }
  | { readonly record?: undefined; readonly damage: string };

function readLine<T>(bytes: Buffer | undefined, schema: z.ZodType<T>): Read<T> {
  const json = jsonOfLine(bytes);
  if (json === undefined) return { damage: "its checksum does not fit" };
  const parsed = schema.safeParse(JSON.parse(json));
  return parsed.success ? { record: parsed.data } : { damage: z.prettifyError(parsed.error) };
}

/** Whatever follows the last whole record is what was being written when the process died. */
async function cutTornTail<T>({ path, log }: JournalOptions<T>): Promise<void> {
  let whole = 0;
  for await (const lines of wholeLines(createReadStream(path))) {
    whole = lines.findLast(({ bytes }) => jsonOfLine(bytes) !== undefined)?.end ?? whole;
  }
  const { size } = await stat(path);
  if (whole === size) return;
  const kept = await freeName(`${path}.torn-`);
  await writeAtomically(kept, createReadStream(path, { start: whole }));
  await truncate(path, whole);
  log.warn("journal ended torn", { path, bytes: size - whole, kept });
}

/** A rewrite is made of what could be read; what could not goes beside it. */
async function keepDamagedLines<T>({ path, schema }: JournalOptions<T>): Promise<void> {
  const stream = createReadStream(path, { highWaterMark: PART_BYTES });
  for await (const lines of wholeLines(stream)) {
    for (const { bytes, start, end } of lines) {
      if (readLine(bytes, schema).damage === undefined) continue;
      await pipeline(
        createReadStream(path, { start, end: end - 1 }),
        createWriteStream(`${path}.damaged`, { flags: "a", flush: true }),
      );
    }
  }
}

async function freeName(prefix: string): Promise<string> {
  for (let number = 1; ; number++) {
    const there = await stat(`${prefix}${number}`).catch(() => undefined); // not there: free
    if (!there) return `${prefix}${number}`;
  }
}
