/**
 * Files that are whole or absent.
 *
 * Everything the product writes goes through `writeFileAtomic` or is an
 * append-only log; everything it reads can be gzipped, and lines stream in
 * constant memory.
 */

import { createHash, randomBytes } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { EXIT_FAILURE, HintedError } from "./errors.ts";

/** Writes beside the target, syncs, renames: a reader sees the old file or the new one. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await writeAtomically(path, [data]);
}

/** The same for content that arrives in parts. */
export async function writeAtomically(
  path: string,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      for await (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes renames and new names in a folder survive a power cut; a no-op where the system cannot. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // Windows refuses to open a folder
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws HintedError if there is no readable regular file at `path`. */
export async function requireFile(path: string, what: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new HintedError(`Cannot read the ${what} ${path}: ${wordsOf(cause)}.`, {
      hint: "Check the path; relative paths start at the current folder.",
      cause,
    });
  });
  if (found.isDirectory()) {
    throw new HintedError(`The ${what} ${path} is a folder.`, { hint: "Name a file." });
  }
}

/** The bytes of a file, unpacked if it is gzipped; `-` is standard input. */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const source: Readable | ReadStream = path === "-" ? process.stdin : createReadStream(path);
  const unpacked = path.endsWith(".gz") ? source.pipe(createGunzip()) : source;
  if (unpacked !== source) source.on("error", (error: Error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } finally {
    source.destroy();
  }
}

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line break, neither \n nor \r\n. */
  readonly bytes: Buffer;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a file in constant memory. A line longer than `maxBytes` ends
 * the reading with a HintedError that names it.
 */
export async function* readLines(path: string, maxBytes: number): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let held = 0;
  const take = (end: Buffer): Line => {
    const joined = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    held = 0;
    number++;
    const last = joined.at(-1) === CARRIAGE_RETURN ? joined.length - 1 : joined.length;
    return { number, bytes: joined.subarray(0, last) };
  };
  for await (const chunk of readBytes(path)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (held + end - start > maxBytes) throw tooLong(path, number + 1, maxBytes);
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    held += rest.length;
    if (held > maxBytes) throw tooLong(path, number + 1, maxBytes);
    if (rest.length > 0) parts.push(rest);
  }
  if (held > 0) yield take(Buffer.alloc(0));
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

export function sha256Of(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A full, read-only or forbidden disk as something a person can act on; nothing for other errors. */
export function diskErrorOf(error: unknown): HintedError | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const hints: Record<string, string> = {
    ENOSPC: "Free some space and run the same command again.",
    EROFS: "Choose a folder that can be written.",
    EACCES: "Check the permissions of the file and its folder.",
    EPERM: "Check the permissions of the file and its folder.",
    EDQUOT: "Free some of your quota and run the same command again.",
  };
  const hint = hints[code ?? ""];
  if (!hint) return undefined;
  return new HintedError(
    `Cannot write${path ? ` ${path}` : ""}: ${wordsOf(error as NodeJS.ErrnoException)}.`,
    {
      hint,
      cause: error,
      exitCode: EXIT_FAILURE,
    },
  );
}

function tooLong(path: string, line: number, maxBytes: number): HintedError {
  return new HintedError(
    `${path}, line ${line}: longer than ${Math.round(maxBytes / 1e6)} MB, which no conversation is.`,
    { hint: "The file is probably not JSONL: a conversation a line, lines ended by a newline." },
  );
}

function wordsOf(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ENOSPC: "the disk is full",
    EROFS: "the file system is read-only",
    EDQUOT: "the disk quota is used up",
  };
  return words[error.code ?? ""] ?? error.message;
}
