import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  readSafetensors,
  readSafetensorsHeader,
  readSafetensorsInto,
  writeSafetensors,
  type Tensor,
} from "../../../../src/core/experiment/safetensors.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfz-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

const path = () => join(folder, "model.safetensors");

/** A file written by hand, so that the reader is not only tested against our own writer. */
async function writeByHand(header: unknown, data: Uint8Array = new Uint8Array()): Promise<string> {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(path(), Buffer.concat([length, json, data]));
  return path();
}

const tensor = (shape: number[], values: number[]): Tensor => ({
  shape,
  data: Float32Array.from(values),
});

const anyTensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__"),
  fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 5 })).chain(([rows, columns]) =>
    fc
      .array(fc.float({ noNaN: true }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((values) => tensor([rows, columns], values)),
  ),
  { maxKeys: 6 },
);

const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

describe("safetensors", () => {
  it("reads back what it wrote", async () => {
    await fc.assert(
      fc.asyncProperty(anyTensors, async (tensors) => {
        await writeSafetensors(path(), Object.entries(tensors));
        const found = await readSafetensors(path());
        expect(Object.fromEntries(found)).toEqual({ ...tensors });
      }),
      { numRuns: 30 },
    );
  });

  it("begins the values at a multiple of 8 bytes and keeps the metadata", async () => {
    await writeSafetensors(path(), [["weight", tensor([2], [1, 2])]], { metadata: { a: "b" } });
    const header = await readSafetensorsHeader(path());
    expect(header.dataStart % 8).toBe(0);
    expect(header.metadata).toEqual({ a: "b" });
    expect((await readFile(path())).readFloatLE(header.dataStart + 4)).toBe(2);
  });

  it("rounds to float16 when asked, at half the size", async () => {
    await writeSafetensors(path(), [["w", tensor([3], [1, 1 / 3, -70000])]], { dtype: "F16" });
    const { dataStart } = await readSafetensorsHeader(path());
    expect((await readFile(path())).length - dataStart).toBe(6);
    const found = (await readSafetensors(path())).get("w")!;
    expect([...found.data]).toEqual([1, 0x555 / 2 ** 12, -Infinity]);
  });

  it("moves tensors larger than one piece", async () => {
    const data = Float32Array.from({ length: 600_001 }, (_, i) => i % 2048);
    for (const dtype of ["F32", "F16"] as const) {
      await writeSafetensors(path(), [["w", { shape: [data.length], data }]], { dtype });
      const found = (await readSafetensors(path())).get("w")!.data;
      expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(data.buffer))).toBe(0);
    }
  });

  it("reads bfloat16", async () => {
    const header = { w: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } };
    await writeByHand(header, Uint8Array.of(0x80, 0x3f, 0x40, 0xc0));
    expect([...(await readSafetensors(path())).get("w")!.data]).toEqual([1, -3]);
  });

  it("fills views of one buffer and names what nobody asked for", async () => {
    await writeSafetensors(path(), [
      ["a", tensor([2], [1, 2])],
      ["extra", tensor([1], [9])],
      ["b", tensor([1, 2], [3, 4])],
    ]);
    const flat = new Float32Array(4);
    const targets = new Map<string, Tensor>([
      ["b", { shape: [1, 2], data: flat.subarray(0, 2) }],
      ["a", { shape: [2], data: flat.subarray(2) }],
    ]);
    expect(await readSafetensorsInto(path(), targets)).toEqual(["extra"]);
    expect([...flat]).toEqual([3, 4, 1, 2]);
  });

  it("refuses a missing tensor and another shape, and writes nothing then", async () => {
    await writeSafetensors(path(), [["a", tensor([2], [1, 2])]]);
    const data = new Float32Array(2);
    const first = ["a", { shape: [2], data }] as const;
    const absent = readSafetensorsInto(path(), new Map([first, ["b", { shape: [2], data }]]));
    await expect(absent).rejects.toThrow(/model\.safetensors has no tensor "b"/);
    const turned = readSafetensorsInto(path(), new Map([["a", { shape: [1, 2], data }]]));
    await expect(turned).rejects.toThrow(/"a" has shape \[2\], the model needs \[1, 2\]/);
    expect([...data]).toEqual([0, 0]);
  });

  it.each([
    ["a header that is no JSON", "{", 0, /its header is not JSON/],
    ["a header that is a list", [], 0, /its header is not an object/],
    ["an unknown type", { w: { ...f32(0, 8), dtype: "F8_E4M3" } }, 8, /"w" has the type F8_E4M3/],
    ["a size that is not the shape's", { w: f32(0, 8, [3]) }, 8, /"w" has 8 bytes, .* takes 12/],
    ["overlapping tensors", { a: f32(0, 8), b: f32(4, 12) }, 12, /"a" and "b" overlap/],
    ["a gap", { a: f32(0, 4), b: f32(8, 12) }, 12, /4 bytes before tensor "b"/],
    ["a cut-off tensor", { a: f32(0, 4), b: f32(4, 12) }, 10, /cut off in tensor "b": 12 .*, 10 /],
    ["bytes left over", { a: f32(0, 4) }, 5, /the last 1 bytes belong to no tensor/],
    ["negative offsets", { a: f32(-4, 0, [1]) }, 0, /"a" is described wrongly/],
    ["metadata that is not text", { __metadata__: { a: 1 } }, 0, /__metadata__ that is not text/],
  ])("refuses %s", async (_, header, bytes, message) => {
    const file = await writeByHand(header, new Uint8Array(bytes));
    await expect(readSafetensors(file)).rejects.toThrow(message);
    await expect(readSafetensors(file)).rejects.toMatchObject({ name: "HintedError" });
  });

  it("refuses files that are too short, or of another kind", async () => {
    await writeFile(path(), "abc");
    await expect(readSafetensors(path())).rejects.toThrow(/only 3 bytes/);
    await writeFile(path(), "PK\u0003\u0004 is how a zip file begins");
    await expect(readSafetensors(path())).rejects.toThrow(/header would be \d+ bytes long/);
    await writeFile(path(), Buffer.from([64, 0, 0, 0, 0, 0, 0, 0, 123]));
    await expect(readSafetensors(path())).rejects.toThrow(/cut off in its header: 64 .*, 1 there/);
    await expect(readSafetensors(join(folder, "absent"))).rejects.toThrow(/no such file/);
  });
});
