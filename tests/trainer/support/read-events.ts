/** Reads TensorBoard's event files, from the descriptions of their formats and not from our writer. */

import { crc32c } from "../../../trainer/tensorboard/crc32c.ts";

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  /** SessionLog.START. */
  readonly restarts: boolean;
  readonly scalars: Readonly<Record<string, number>>;
}

export function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    requireChecksum(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    const data = file.subarray(at + 12, at + 12 + length);
    requireChecksum(data, file.readUInt32LE(at + 12 + length));
    events.push(toEvent(fieldsOf(data)));
    at += 16 + length;
  }
  return events;
}

/** Undoes the mask: minus the constant, rotated left by 15. */
function requireChecksum(data: Uint8Array, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const checksum = ((rotated << 15) | (rotated >>> 17)) >>> 0;
  if (checksum !== crc32c(data)) throw new Error("The checksum of a record is wrong.");
}

type Field = readonly [field: number, value: Buffer | bigint];

function toEvent(fields: readonly Field[]): ReadEvent {
  const bytes = (field: number) => fields.find(([number]) => number === field)?.[1] as Buffer;
  const summary = bytes(5);
  const session = bytes(7);
  return {
    wallTime: bytes(1).readDoubleLE(),
    step: Number(fields.find(([number]) => number === 2)?.[1] ?? 0),
    ...(bytes(3) && { version: bytes(3).toString() }),
    restarts: session !== undefined && fieldsOf(session).some(([f, v]) => f === 1 && v === 1n),
    scalars: Object.fromEntries(summary ? fieldsOf(summary).map(toScalar) : []),
  };
}

function toScalar([field, value]: Field): [string, number] {
  if (field !== 1) throw new Error(`A summary has no field ${field}.`);
  const parts = new Map(fieldsOf(value as Buffer)); // wire type 2, as all of field 1 of a summary
  return [String(parts.get(1)), (parts.get(2) as Buffer).readFloatLE()];
}

/** protobuf.dev/programming-guides/encoding: varints, 64 bits, bytes with a length, 32 bits. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number) => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) fields.push([tag >> 3, varint()]);
    else if (wire === 1) fields.push([tag >> 3, bytes(8)]);
    else if (wire === 2) fields.push([tag >> 3, bytes(Number(varint()))]);
    else if (wire === 5) fields.push([tag >> 3, bytes(4)]);
    else throw new Error(`There is no wire type ${wire}.`);
  }
  return fields;
}
