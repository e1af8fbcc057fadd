import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { importerFor } from "../../../../trainer/data/importers/index.ts";
import { text } from "../../../../trainer/data/importers/text.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

function fileOf(content: string | Uint8Array, name = "story.txt"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function piecesOf(path: string) {
  const pieces = [];
  for await (const row of text.read(path)) {
    if ("problem" in row) throw row.problem;
    pieces.push({ ...row.conversation, line: row.line });
  }
  return pieces;
}

const contentsOf = async (path: string) =>
  (await piecesOf(path)).map(({ messages }) => messages[0]?.content);

describe("the importer of plain text", () => {
  it("takes a short text as one thing that the bot says", async () => {
    expect(await piecesOf(fileOf("Once upon a time.\n\nThe end.\n"))).toEqual([
      {
        messages: [{ role: "assistant", content: "Once upon a time.\n\nThe end.\n" }],
        source: "story",
        id: "story-1",
        line: 1,
      },
    ]);
  });

  it("ends pieces where paragraphs end and says on which line each begins", async () => {
    const paragraph = `${"All work and no play. ".repeat(200)}\n\n`;
    const pieces = await piecesOf(fileOf(paragraph.repeat(6)));
    expect(pieces.map(({ messages }) => messages[0]?.content)).toEqual(
      Array(3).fill(paragraph.repeat(2)),
    );
    expect(pieces.map(({ line }) => line)).toEqual([1, 5, 9]);
  });

  it("loses no character, however the text is made", async () => {
    const part = fc.constantFrom(
      "\n",
      "\n\n",
      "\n\n\n",
      "a",
      "😀",
      "б".repeat(9000),
      "x y ".repeat(9000),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 20 }), async (parts) => {
        const contents = await contentsOf(fileOf(parts.join("")));
        expect(contents.join("")).toBe(parts.join(""));
        expect(contents.filter((content) => /[\ud800-\udfff]/u.test(content ?? ""))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("reads \\r\\n as \\n and unpacks .gz", async () => {
    const path = fileOf(gzipSync("one\r\ntwo\r\n"), "notes.txt.gz");
    expect(await contentsOf(path)).toEqual(["one\ntwo\n"]);
    expect((await importerFor(path, "auto")).name).toBe("text");
  });

  it("refuses what is empty or not UTF-8", async () => {
    await expect(piecesOf(fileOf(""))).rejects.toThrow("there is no text in it");
    await expect(piecesOf(fileOf(Uint8Array.of(0x61, 0xff, 0x62)))).rejects.toThrow(
      "not UTF-8, somewhere after byte 0",
    );
  });
});
