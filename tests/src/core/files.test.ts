import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import {
  diskErrorOf,
  readLines,
  requireFile,
  sha256Of,
  sha256OfFile,
  writeAtomically,
  writeFileAtomic,
} from "../../../src/core/files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfz-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(path: string, maxBytes = 1e6): Promise<string[]> {
  const lines: string[] = [];
  for await (const { number, bytes } of readLines(path, maxBytes)) {
    expect(number).toBe(lines.push(bytes.toString()));
  }
  return lines;
}

describe("writeAtomically", () => {
  it("creates the folders it needs and writes the parts in order", async () => {
    const path = join(folder, "new/deep/file.txt");
    await writeAtomically(path, ["one ", Buffer.from("two")]);
    expect(await readFile(path, "utf8")).toBe("one two");
  });

  it("leaves the old file, and nothing else, when a part fails", async () => {
    const path = join(folder, "atomic/file.txt");
    await writeFileAtomic(path, "old");
    async function* parts() {
      yield "half of the ne";
      throw new Error("the source broke");
    }

    await expect(writeAtomically(path, parts())).rejects.toThrow("the source broke");

    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(join(folder, "atomic"))).toEqual(["file.txt"]);
  });
});

describe("readLines", () => {
  it("takes \\n and \\r\\n, keeps empty lines, and the last line needs no break", async () => {
    const path = join(folder, "lines.txt");
    await writeFile(path, "one\r\n\ntwo\nthree");
    expect(await linesOf(path)).toEqual(["one", "", "two", "three"]);
    await writeFile(path, "one\n");
    expect(await linesOf(path)).toEqual(["one"]);
    await writeFile(path, "");
    expect(await linesOf(path)).toEqual([]);
  });

  it("drops the mark that some editors put before UTF-8", async () => {
    const path = join(folder, "mark.txt");
    await writeFile(path, "\uFEFF{}\n\uFEFFkept\n");
    expect(await linesOf(path)).toEqual(["{}", "\uFEFFkept"]);
  });

  it("unpacks gzip, also with lines longer than a chunk", async () => {
    const path = join(folder, "long.txt.gz");
    const long = "x".repeat(300_000);
    await writeFile(path, gzipSync(`short\n${long}\nend`));
    expect(await linesOf(path)).toEqual(["short", long, "end"]);
  });

  it("gives back whatever lines were written", async () => {
    const path = join(folder, "any.txt");
    const text = fc.string({ unit: "binary" }).filter((line) => !/[\r\n\uFEFF]/.test(line));
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (lines) => {
        await writeFile(path, lines.map((line) => `${line}\n`).join(""));
        expect(await linesOf(path)).toEqual(lines);
      }),
      { numRuns: 50 },
    );
  });

  it("names the line that is too long, before it is whole", async () => {
    const path = join(folder, "endless.txt");
    await writeFile(path, `fine\n${"x".repeat(3_000_000)}`);
    await expect(linesOf(path, 2e6)).rejects.toThrow("endless.txt, line 2: longer than 2 MB");
  });

  it("refuses gzip that was cut short or is none", async () => {
    const path = join(folder, "cut.jsonl.gz");
    const whole = gzipSync("a line\n".repeat(1000));
    await writeFile(path, whole.subarray(0, whole.length - 12));
    await expect(linesOf(path)).rejects.toThrow(/cut\.jsonl\.gz is not a whole gzip file/);
    await writeFile(path, "plain text");
    await expect(linesOf(path)).rejects.toThrow(HintedError);
  });

  it("says when there is no such file, or a folder", async () => {
    await expect(linesOf(join(folder, "absent"))).rejects.toThrow(/absent: there is no such file/);
    await expect(linesOf(folder)).rejects.toThrow(/it is a folder/);
  });
});

describe("requireFile", () => {
  it("accepts a file and refuses the rest in words", async () => {
    const path = join(folder, "here.txt");
    await writeFile(path, "");
    await requireFile(path, "data");
    await expect(requireFile(join(folder, "absent"), "data")).rejects.toThrow(
      /Cannot read the data .*absent: there is no such file\./,
    );
    await expect(requireFile(folder, "data")).rejects.toThrow(/is a folder/);
  });
});

describe("sha256", () => {
  it("is the digest that FIPS 180-2 gives for abc", async () => {
    const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const path = join(folder, "abc");
    await writeFile(path, "abc");
    expect(sha256Of("abc")).toBe(digest);
    expect(await sha256OfFile(path)).toBe(digest);
  });
});

describe("diskErrorOf", () => {
  const failed = (code: string) => Object.assign(new Error("no"), { code, path: "/runs/a" });

  it("is exit code 1 for the disk, 2 for an impossible path, nothing for a bug", () => {
    expect(diskErrorOf(failed("ENOSPC"))).toMatchObject({
      message: "Cannot write /runs/a: the disk is full.",
      exitCode: 1,
    });
    expect(diskErrorOf(failed("EROFS"))).toMatchObject({ exitCode: 1 });
    expect(diskErrorOf(failed("ENOTDIR"))).toMatchObject({ exitCode: 2 });
    expect(diskErrorOf(new TypeError("a bug"))).toBeUndefined();
    expect(diskErrorOf("not even an error")).toBeUndefined();
  });
});
