/**
 * Files that are whole or absent.
 *
 * Everything the product writes goes through `writeFileAtomic` or is an
 * append-only log; everything it reads can be gzipped, and lines stream in
 * constant memory.
 */

import { createHash, hash, randomBytes } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  type FileHandle,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { EXIT_BAD_INPUT, EXIT_FAILURE, HintedError } from "./errors.ts";

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

/** Deletes what was half written in a folder when a process was killed; only for whoever writes there alone. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.[0-9a-f]{8}\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
  }
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

/** The text of a file, or nothing where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
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

/**
 * The bytes of a file, unpacked if its name ends in .gz; `-` is standard input.
 *
 * @throws HintedError if it cannot be read or is not whole gzip.
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const source: Readable | ReadStream = path === "-" ? standardInput() : createReadStream(path);
  const unpacked = path.endsWith(".gz") ? source.pipe(createGunzip()) : source;
  if (unpacked !== source) source.on("error", (error: Error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (error) {
    throw readErrorOf(error, path) ?? error;
  } finally {
    source.destroy();
  }
}

/** There is one for a process, and it comes once. */
let keptInput: FileHandle | undefined;

/** Lets `-` be read as often as a file: in one without a name, of which nothing is left when the process ends. */
export async function keepStandardInput(signal?: AbortSignal): Promise<void> {
  if (keptInput) return;
  const path = join(tmpdir(), `lfz-${randomBytes(8).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  for await (const chunk of readBytes("-")) {
    signal?.throwIfAborted();
    await file.writeFile(chunk);
  }
  keptInput = file;
}

/** @throws HintedError if it was read already, and not kept */
function standardInput(): Readable {
  if (keptInput) return Readable.from(chunksOf(keptInput));
  if (!process.stdin.destroyed) return process.stdin;
  throw new HintedError("Standard input comes only once, and it was read already.", {
    hint: "Write it into a file and name that.",
  });
}

const CHUNK_BYTES = 1 << 16;

/** From its beginning, wherever others are reading. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/**
 * The whole text of a small file, read as `readBytes` does.
 *
 * @param what the file is, for the error: "file of golden prompts"
 */
export async function readText(path: string, what: string): Promise<string> {
  if (path !== "-") await requireFile(path, what);
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes(path)) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line break, neither \n nor \r\n. */
  readonly bytes: Buffer;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

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
    const first = number === 1 && startsWithMark(joined) ? BYTE_ORDER_MARK.length : 0;
    const last = joined.at(-1) === CARRIAGE_RETURN ? joined.length - 1 : joined.length;
    return { number, bytes: joined.subarray(first, last) };
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

/** Some editors on Windows begin a UTF-8 file with a mark that is no part of its text. */
function startsWithMark(bytes: Buffer): boolean {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

/** A value as people read it in a file. */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export async function sha256OfFile(path: string): Promise<string> {
  return (await digestOfFile(path)).sha256;
}

/** Of the file as it lies there, packed or not; `-` is standard input, to be kept if it is read again. */
export async function digestOfFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of path === "-" ? standardInput() : createReadStream(path)) {
    const part = chunk as Buffer;
    hash.update(part);
    bytes += part.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

export function sha256Of(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

/** A full, read-only or forbidden disk as something a person can act on; nothing for other errors. */
export function diskErrorOf(error: unknown): HintedError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code = "", path } = error;
  if (code === "ENOENT" && error.syscall === "mkdir") return unwritable(error);
  const trouble = DISK_TROUBLE[code] ?? PATH_TROUBLE[code];
  if (!trouble) return undefined;
  return new HintedError(`Cannot write${path ? ` ${path}` : ""}: ${wordsOf(error)}.`, {
    hint: trouble,
    cause: error,
    exitCode: code in DISK_TROUBLE ? EXIT_FAILURE : EXIT_BAD_INPUT,
  });
}

/** Whether the disk, or somebody's share of it, has no room left. */
export function isFull(error: unknown): boolean {
  return isSystemError(error) && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** A folder is made with its parents, so Node says "no such file" only where nothing can be made: on a read-only disk. */
function unwritable(error: NodeJS.ErrnoException): HintedError {
  return new HintedError(`Cannot make the folder ${error.path}: the disk cannot be written.`, {
    hint: "Choose a folder that can be written.",
    cause: error,
    exitCode: EXIT_FAILURE,
  });
}

/** What a person can do when the disk refuses. */
const DISK_TROUBLE: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space and run the same command again.",
  EROFS: "Choose a folder that can be written.",
  EACCES: "Check the permissions of the file and its folder.",
  EPERM: "Check the permissions of the file and its folder.",
  EDQUOT: "Free some of your quota and run the same command again.",
};

/** And when the path itself cannot be. */
const PATH_TROUBLE: Readonly<Record<string, string>> = {
  ENOTDIR: "A part of the path is a file, not a folder: choose another path.",
  EISDIR: "There is a folder of that name: choose another name.",
  EEXIST: "There is something of that name already: choose another path.",
  ENAMETOOLONG: "Choose a shorter name.",
};

/** Why a file cannot be read, for what people do wrong; nothing for other errors. */
function readErrorOf(error: unknown, path: string): HintedError | undefined {
  if (!isSystemError(error)) return undefined;
  if (error.code?.startsWith("Z_")) {
    return new HintedError(`${path} is not a whole gzip file: ${error.message}.`, {
      hint: "It was cut short or is not compressed: fetch it again, or drop the .gz from its name.",
      cause: error,
    });
  }
  if (!WORDS[error.code ?? ""]) return undefined;
  return new HintedError(`Cannot read ${path}: ${wordsOf(error)}.`, {
    hint: "Check the path and its permissions; relative paths start at the current folder.",
    cause: error,
  });
}

function tooLong(path: string, line: number, maxBytes: number): HintedError {
  return new HintedError(
    `${path}, line ${line}: longer than ${Math.round(maxBytes / 1e6)} MB, which no conversation is.`,
    { hint: "The file is probably not JSONL: a conversation a line, lines ended by a newline." },
  );
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is a file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  EEXIST: "it exists already",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  EDQUOT: "the disk quota is used up",
};

function wordsOf(error: NodeJS.ErrnoException): string {
  return WORDS[error.code ?? ""] ?? error.message;
}
