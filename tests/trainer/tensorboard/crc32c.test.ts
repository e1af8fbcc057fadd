import { describe, expect, it } from "vitest";

import { crc32c } from "../../../trainer/tensorboard/crc32c.ts";

const upwards = Uint8Array.from({ length: 32 }, (_, i) => i);

describe("crc32c", () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
  it.each([
    ["nothing", new Uint8Array(0), 0],
    ["the digits 1 to 9", Buffer.from("123456789"), 0xe3069283],
    ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["0 to 31", upwards, 0x46dd794e],
    ["31 to 0", Uint8Array.from(upwards).reverse(), 0x113fdb5c],
  ])("is right for %s", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});
