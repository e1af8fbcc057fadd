/**
 * The JSON header of a safetensors file, checked to the byte.
 *
 * A file that passes has every value exactly once: each tensor's bytes fit its
 * type and shape, the tensors lie end to end, and together they fill the file.
 */

import { z } from "zod";

import { HintedError, reasonOf } from "../errors.ts";
import { sizeOf } from "../model/parameters.ts";

/** The types that are read, with the bytes of one value. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;

type DataTypeOnDisk = keyof typeof ELEMENT_BYTES;

export interface TensorEntry {
  readonly dtype: DataTypeOnDisk;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly start: number;
  readonly end: number;
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where in the file the values begin. */
  readonly dataStart: number;
}

const RawEntry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

const Metadata = z.record(z.string(), z.string());

const DAMAGED =
  "The file is incomplete or damaged: take it from where it came, or export it again.";

interface Place {
  readonly path: string;
  readonly dataStart: number;
  /** How many bytes of values the file has. */
  readonly dataBytes: number;
}

/** @throws HintedError naming the file and the tensor that does not fit. */
export function parseHeader(json: string, { path, dataStart, dataBytes }: Place): Header {
  const { __metadata__: metadata, ...rest } = parseObject(json, path);
  const entries = Object.entries(rest).map(
    ([name, raw]) => [name, parseEntry(name, raw, path)] as const,
  );
  entries.sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  requireNoGaps(entries, path, dataBytes);
  const parsedMetadata = Metadata.safeParse(metadata ?? {});
  if (!parsedMetadata.success) throw damaged(`${path} has a __metadata__ that is not text`);
  return { tensors: new Map(entries), metadata: parsedMetadata.data, dataStart };
}

function parseObject(json: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw damaged(`${path} is not a safetensors file: its header is not JSON`, cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw damaged(`${path} is not a safetensors file: its header is not an object`);
}

function parseEntry(name: string, raw: unknown, path: string): TensorEntry {
  const parsed = RawEntry.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(
      `${path}: tensor "${name}" is described wrongly (${issue?.path.join(".")}: ${issue?.message})`,
      parsed.error,
    );
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (!isKnownType(dtype)) {
    throw new HintedError(`${path}: tensor "${name}" has the type ${dtype}.`, {
      hint: "Only F32, F16 and BF16 weights can be read; convert the file to one of them.",
    });
  }
  const [start, end] = offsets;
  const needed = sizeOf(shape) * ELEMENT_BYTES[dtype];
  if (end - start !== needed) {
    throw damaged(
      `${path}: tensor "${name}" has ${end - start} bytes, but ${dtype} [${shape.join(", ")}] takes ${needed}`,
    );
  }
  return { dtype, shape, start, end };
}

function requireNoGaps(
  entries: readonly (readonly [string, TensorEntry])[],
  path: string,
  dataBytes: number,
): void {
  let filled = 0;
  let previous = "";
  for (const [name, { start, end }] of entries) {
    if (start < filled) throw damaged(`${path}: tensors "${previous}" and "${name}" overlap`);
    if (start > filled) {
      throw damaged(`${path}: ${start - filled} bytes before tensor "${name}" belong to no tensor`);
    }
    if (end > dataBytes) {
      throw damaged(
        `${path} is cut off in tensor "${name}": ${end} bytes of values announced, ${dataBytes} there`,
      );
    }
    filled = end;
    previous = name;
  }
  if (filled < dataBytes) {
    throw damaged(`${path}: the last ${dataBytes - filled} bytes belong to no tensor`);
  }
}

function isKnownType(dtype: string): dtype is DataTypeOnDisk {
  return Object.hasOwn(ELEMENT_BYTES, dtype);
}

function damaged(message: string, cause?: unknown): HintedError {
  const reason = cause instanceof SyntaxError ? ` (${reasonOf(cause)})` : "";
  return new HintedError(`${message}${reason}.`, { hint: DAMAGED, cause });
}
