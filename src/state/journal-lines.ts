/** The lines of a journal: a checksum, a space, JSON, a newline. Knows bytes, not files. */

import { sha256Of } from "../core/files.ts";

/** 48 bits: a changed line passes for whole once in 280 million million. */
const CHECKSUM_CHARACTERS = 12;
const NEWLINE = 10;
const SPACE = 32;

/** Far more than any record; a longer line is damage, and is not held in memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** JSON as it stands in one line; newlines in texts are escaped by JSON itself. */
export function toLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksumOf(json)} ${json}\n`;
}

/** The JSON of a line, without its newline, if the line is as it was written. */
export function jsonOfLine(bytes: Buffer | undefined): string | undefined {
  if (bytes?.[CHECKSUM_CHARACTERS] !== SPACE) return undefined;
  const json = bytes.subarray(CHECKSUM_CHARACTERS + 1);
  const isWhole = bytes.toString("latin1", 0, CHECKSUM_CHARACTERS) === checksumOf(json);
  return isWhole ? json.toString() : undefined;
}

export interface WholeLine {
  /** Without its newline; nothing if it is longer than a record may be. */
  readonly bytes: Buffer | undefined;
  /** Where it lies in the file, newline included: the first byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * The lines that end with a newline, those of one chunk at a time: a promise
 * for each of a million lines would cost more than reading them. What follows
 * the last newline is no line.
 */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<WholeLine[]> {
  let start = 0; // of the line
  let read = 0; // before this chunk
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    const lines: WholeLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const end = read + at + 1;
      parts.push(chunk.subarray(from, at));
      const isRecord = end - start <= MAX_LINE_BYTES;
      lines.push({ bytes: isRecord ? joined(parts) : undefined, start, end });
      parts = [];
      start = end;
      from = at + 1;
    }
    read += chunk.length;
    if (read - start > MAX_LINE_BYTES) parts = [];
    else parts.push(chunk.subarray(from));
    yield lines;
  }
}

/** Most lines lie within one chunk and need no copy. */
function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return only && parts.length === 1 ? only : Buffer.concat(parts);
}

function checksumOf(json: string | Buffer): string {
  return sha256Of(json).slice(0, CHECKSUM_CHARACTERS);
}
