/**
 * Small state in one JSON file: settings, a schedule, a list of models.
 *
 * lowdb holds it; the adapter is our own, because lowdb's neither syncs nor
 * keeps a copy, and takes a torn file for the end. Here the file before the
 * last change stays beside as `.bak`, and is used, aloud, if the newer one
 * cannot be read. The whole file is written on each change: for anything that
 * grows there is the journal.
 */

import { rename } from "node:fs/promises";

import { Low, type Adapter } from "lowdb";
import { z } from "zod";

import { EXIT_FAILURE, HintedError, reasonOf } from "../core/errors.ts";
import { readIfThere, toJsonText, writeFileAtomic } from "../core/files.ts";
import type { Log } from "../log.ts";
import { inOrder } from "./in-order.ts";

export interface DocumentOptions<T> {
  readonly path: string;
  /** What it holds must come back from JSON as it went. */
  readonly schema: z.ZodType<T>;
  /** Where nothing was written yet. */
  readonly initial: T;
  readonly log: Log;
}

export interface StateDocument<T> {
  /** What is on disk, never what is only about to be. */
  readonly value: Readonly<T>;
  /**
   * Writes what `edit` makes of the value; edits come one after the other.
   * One that fails, or cannot be written, rejects and changes nothing.
   */
  change(edit: (value: Readonly<T>) => T): Promise<T>;
}

/** A box, because lowdb takes falsy data for none. */
interface Boxed<T> {
  readonly value: T;
}

/** @throws HintedError if neither the file nor its backup can be read. */
export async function openDocument<T>(options: DocumentOptions<T>): Promise<StateDocument<T>> {
  const low = new Low<Boxed<T>>(adapterOf(options), { value: options.initial });
  await low.read();
  let { value } = low.data;
  const queue = inOrder();
  return {
    get value() {
      return value;
    },
    change: (edit) =>
      queue(async () => {
        low.data = { value: options.schema.parse(edit(value)) };
        await low.write();
        return (value = low.data.value);
      }),
  };
}

function adapterOf<T>(options: DocumentOptions<T>): Adapter<Boxed<T>> {
  const { path } = options;
  let written: string | undefined;
  return {
    async read() {
      const found = await readNewest(options);
      written = found?.text;
      return found ? { value: found.value } : null;
    },
    async write({ value }) {
      const text = toJsonText(value);
      if (written !== undefined) await writeFileAtomic(backupOf(path), written);
      await writeFileAtomic(path, text);
      written = text;
    },
  };
}

interface Found<T> {
  readonly text: string;
  readonly value: T;
}

async function readNewest<T>(options: DocumentOptions<T>): Promise<Found<T> | undefined> {
  const { path, log } = options;
  const newest = await readCopy(path, options.schema);
  if (newest && "value" in newest) return newest;
  const backup = await readCopy(backupOf(path), options.schema);
  if (!newest && !backup) return undefined;
  if (!backup || !("value" in backup)) throw unreadable(path, newest?.reason, backup?.reason);
  log.warn("state read from its backup", { path, reason: newest?.reason ?? "the file is gone" });
  if (newest) await rename(path, `${path}.corrupt`); // somebody may want to see what it was
  await writeFileAtomic(path, backup.text);
  return backup;
}

/** The file, why it is of no use, or nothing if there is none. */
async function readCopy<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<Found<T> | { readonly reason: string } | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success
      ? { text, value: parsed.data }
      : { reason: z.prettifyError(parsed.error) };
  } catch (error) {
    return { reason: text.trim() === "" ? "it is empty" : reasonOf(error) };
  }
}

function unreadable(path: string, newest = "it is gone", backup = "there is none"): HintedError {
  return new HintedError(
    `Neither ${path} (${newest}) nor its backup ${backupOf(path)} (${backup}) can be read.`,
    {
      hint: "Correct one of them, or move both away to begin anew.",
      exitCode: EXIT_FAILURE,
    },
  );
}

function backupOf(path: string): string {
  return `${path}.bak`;
}
