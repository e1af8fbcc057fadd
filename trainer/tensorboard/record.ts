/** TFRecord framing: how events lie in a file one after the other, each with its length and two checksums. */

import { crc32c } from "./crc32c.ts";

const MASK_DELTA = 0xa282ead8;
const HEAD_BYTES = 12;
const FOOT_BYTES = 4;

/**
 * The length (uint64), its checksum, the data, its checksum; all little-endian.
 * (TensorFlow, tensorflow/core/lib/io/record_writer.h)
 */
export function toRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD_BYTES + data.length + FOOT_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, HEAD_BYTES);
  view.setUint32(HEAD_BYTES + data.length, maskedChecksum(data), true);
  return record;
}

/** Rotated and shifted, because a checksum of data that holds checksums says little. */
function maskedChecksum(data: Uint8Array): number {
  const checksum = crc32c(data);
  return (((checksum >>> 15) | (checksum << 17)) + MASK_DELTA) >>> 0;
}
