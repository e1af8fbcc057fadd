/**
 * Weights on disk in the safetensors format: 8 bytes of header length, a JSON
 * header of names, types, shapes and offsets, then the raw values without
 * gaps (https://huggingface.co/docs/safetensors).
 *
 * Knows bytes and names, not models. Values are float32 in memory whatever
 * they are on disk, and move in pieces, so a file of any size is read and
 * written in constant memory beside the tensors themselves. Numbers are
 * little-endian on disk, as on every machine ONNX Runtime is built for.
 */

import { open, stat, type FileHandle } from "node:fs/promises";

import { HintedError } from "../errors.ts";
import { requireFile, writeAtomically } from "../files.ts";
import { sizeOf } from "../model/parameters.ts";
import { fromBfloat16, fromHalf, toHalf } from "./half.ts";
import { ELEMENT_BYTES, parseHeader, type Header, type TensorEntry } from "./safetensors-header.ts";

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Values per piece: 1 MB of float32. */
const PIECE = 1 << 18;
/** The format's own limit; a longer header is another kind of file. */
const MAX_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

const DAMAGED =
  "The file is incomplete or damaged: take it from where it came, or export it again.";

/** Writes float32 tensors, rounded to float16 if asked, in the order given. */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, Tensor]>,
  options: { dtype?: "F32" | "F16"; metadata?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const dtype = options.dtype ?? "F32";
  const entries = [...tensors];
  await writeAtomically(path, partsOf(entries, dtype, options.metadata ?? { format: "pt" }));
}

/** Every tensor of a file, in new arrays. */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  return withFile(path, async (file, header) => {
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of header.tensors) {
      const data = new Float32Array(sizeOf(entry.shape));
      await readValues(file, path, name, entry, header.dataStart, data);
      tensors.set(name, { shape: entry.shape, data });
    }
    return tensors;
  });
}

/**
 * Fills memory that exists already (views into one flat buffer, say).
 *
 * @returns the names in the file that nobody asked for.
 * @throws HintedError if a tensor is absent or has another shape; nothing has been written then.
 */
export async function readSafetensorsInto(
  path: string,
  targets: ReadonlyMap<string, Tensor>,
): Promise<string[]> {
  return withFile(path, async (file, header) => {
    for (const [name, target] of targets) requireShape(path, name, target, header);
    for (const [name, target] of targets) {
      await readValues(file, path, name, header.tensors.get(name)!, header.dataStart, target.data);
    }
    return [...header.tensors.keys()].filter((name) => !targets.has(name));
  });
}

/** Names, types and shapes without reading a value. */
export async function readSafetensorsHeader(path: string): Promise<Header> {
  return withFile(path, (_, header) => Promise.resolve(header));
}

function* partsOf(
  entries: readonly (readonly [string, Tensor])[],
  dtype: "F32" | "F16",
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  yield headerBytes(entries, dtype, metadata);
  const halves = new Uint16Array(dtype === "F16" ? PIECE : 0);
  for (const [, { data }] of entries) {
    for (let start = 0; start < data.length; start += PIECE) {
      const piece = data.subarray(start, start + PIECE);
      if (dtype === "F16") toHalf(piece, halves);
      yield bytesOf(dtype === "F16" ? halves.subarray(0, piece.length) : piece);
    }
  }
}

function headerBytes(
  entries: readonly (readonly [string, Tensor])[],
  dtype: "F32" | "F16",
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let end = 0;
  const tensors = entries.map(([name, { shape, data }]) => {
    if (sizeOf(shape) !== data.length) {
      throw new RangeError(
        `${name}: ${data.length} values do not make shape [${shape.join(", ")}]`,
      );
    }
    const start = end;
    end += data.length * ELEMENT_BYTES[dtype];
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensors) });
  const unpadded = Buffer.byteLength(json);
  const padding = (LENGTH_BYTES - (unpadded % LENGTH_BYTES)) % LENGTH_BYTES; // values start at a multiple of 8
  const bytes = Buffer.alloc(LENGTH_BYTES + unpadded + padding, " ");
  bytes.writeBigUInt64LE(BigInt(unpadded + padding));
  bytes.write(json, LENGTH_BYTES);
  return bytes;
}

async function withFile<T>(
  path: string,
  use: (file: FileHandle, header: Header) => Promise<T>,
): Promise<T> {
  await requireFile(path, "weights file");
  const { size } = await stat(path);
  const file = await open(path, "r");
  try {
    return await use(file, await readHeader(file, path, size));
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, path: string, size: number): Promise<Header> {
  const damaged = (what: string) => new HintedError(`${path} ${what}.`, { hint: DAMAGED });
  if (size < LENGTH_BYTES) throw damaged(`is not a safetensors file: it has only ${size} bytes`);
  const lengthBytes = Buffer.alloc(LENGTH_BYTES);
  await readFully(file, lengthBytes, 0);
  const length = Number(lengthBytes.readBigUInt64LE());
  if (length > MAX_HEADER) {
    throw damaged(`is not a safetensors file: its header would be ${length} bytes long`);
  }
  if (LENGTH_BYTES + length > size) {
    throw damaged(
      `is cut off in its header: ${length} bytes announced, ${size - LENGTH_BYTES} there`,
    );
  }
  const text = Buffer.alloc(length);
  await readFully(file, text, LENGTH_BYTES);
  const dataStart = LENGTH_BYTES + length;
  return parseHeader(text.toString("utf8"), { path, dataStart, dataBytes: size - dataStart });
}

function requireShape(path: string, name: string, target: Tensor, header: Header): void {
  const found = header.tensors.get(name);
  if (!found) {
    throw new HintedError(`${path} has no tensor "${name}".`, {
      hint: "The weights belong to a model of another shape: check config.json beside them.",
    });
  }
  if (found.shape.join() !== target.shape.join()) {
    throw new HintedError(
      `${path}: tensor "${name}" has shape [${found.shape.join(", ")}], the model needs [${target.shape.join(", ")}].`,
      { hint: "The weights belong to a model of another shape: check config.json beside them." },
    );
  }
}

async function readValues(
  file: FileHandle,
  path: string,
  name: string,
  { dtype, start }: TensorEntry,
  dataStart: number,
  target: Float32Array,
): Promise<void> {
  const halves = new Uint16Array(dtype === "F32" ? 0 : Math.min(PIECE, target.length));
  for (let done = 0; done < target.length; done += PIECE) {
    const piece = target.subarray(done, done + PIECE);
    const raw = dtype === "F32" ? piece : halves.subarray(0, piece.length);
    const position = dataStart + start + done * ELEMENT_BYTES[dtype];
    if (!(await readFully(file, bytesOf(raw), position))) {
      throw new HintedError(`${path} was cut off while tensor "${name}" was read.`, {
        hint: DAMAGED,
      });
    }
    if (raw instanceof Uint16Array) (dtype === "F16" ? fromHalf : fromBfloat16)(raw, piece);
  }
}

/** False if the file ends first. */
async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
