import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { readConversations } from "../../../trainer/data/read-conversations.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const allowed = { source: "test", licence: "CC0-1.0", consent: "written for this test" };
const messages = [{ role: "user", content: "Grüße 🙂" }];
const good = JSON.stringify({ messages, ...allowed });

function fileOf(content: string | Uint8Array, name = "chats.jsonl"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function readAll(file: string, stated = {}) {
  const rows = [];
  for await (const row of readConversations([file], stated)) rows.push(row);
  return rows;
}

/** What a person is told: the message with the file's name for its path, and the hint. */
async function complaint(file: string, stated = {}): Promise<{ says: string; hint: string }> {
  const error = await readAll(file, stated).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HintedError)) throw new Error(`no HintedError but ${String(error)}`);
  expect(error.exitCode).toBe(2);
  return { says: error.message.replace(file, "FILE"), hint: error.hint };
}

describe("readConversations", () => {
  it("yields conversations with their place", async () => {
    const file = fileOf(`${good}\n\n${good}\n`);
    expect(await readAll(file)).toEqual([
      { conversation: { messages, ...allowed }, file, line: 1, bytes: Buffer.byteLength(good) },
      { conversation: { messages, ...allowed }, file, line: 3, bytes: Buffer.byteLength(good) },
    ]);
  });

  it.each([
    ["a byte order mark", `\uFEFF${good}\n`, "chats.jsonl"],
    ["Windows line ends", `${good}\r\n`, "chats.jsonl"],
    ["no line end", good, "chats.jsonl"],
    ["gzip", gzipSync(`${good}\n`), "chats.jsonl.gz"],
  ])("reads a file with %s", async (_, content, name) => {
    const rows = await readAll(fileOf(content, name));
    expect(rows.map(({ conversation }) => conversation)).toEqual([{ messages, ...allowed }]);
  });

  it("fills what rows lack from what the operator states, and the source from the file", async () => {
    const own = { messages, source: "own", licence: "MIT", consent: "signed" };
    const file = fileOf(`${JSON.stringify({ messages })}\n${JSON.stringify(own)}\n`);
    const rows = await readAll(file, { consent: "asked", licence: "CC0" });
    expect(rows.map(({ conversation }) => conversation)).toEqual([
      { messages, source: "chats", licence: "CC0", consent: "asked" },
      own,
    ]);
  });

  it("refuses rows that nobody may learn from", async () => {
    expect(await complaint(fileOf(`${good}\n${JSON.stringify({ messages })}`))).toEqual({
      says: "FILE, line 2: the row has no licence and no consent.",
      hint: 'Write it into the rows, or state it for all rows that lack it: --licence "CC BY 4.0" --consent "published by its authors".',
    });
    expect(await complaint(fileOf(JSON.stringify({ messages })), { licence: "MIT" })).toMatchObject(
      {
        says: "FILE, line 1: the row has no consent.",
      },
    );
    const refused = fileOf(JSON.stringify({ messages, ...allowed, consent: false }));
    expect(await complaint(refused, { consent: "asked" })).toMatchObject({
      says: "FILE, line 1: consent is false, so nothing may learn from this row.",
    });
  });

  it.each([
    ["an empty file", "", "FILE is empty: there is no conversation in it."],
    ["blank lines only", "\n\n", "FILE is empty: there is no conversation in it."],
    [
      "a truncated last line",
      `${good}\n${good.slice(0, 50)}`,
      `FILE, line 2: the line is cut off after ${JSON.stringify(good.slice(10, 50))}.`,
    ],
    [
      "Latin-1",
      Buffer.from('{"messages":[{"role":"user","content":"Grüße"}]}', "latin1"),
      "FILE, line 1: not UTF-8 (7b 22 6d 65 73 73 61 67 …).",
    ],
    ["another format", "role,content\nuser,Hi", 'FILE, line 1: not JSON: "role,content".'],
    [
      "a JSON document",
      '[\n{"messages":[]}\n]',
      'FILE, line 1: one JSON document over many lines, not JSONL ("[").',
    ],
    ["no messages", '{"text":"Hi"}', "FILE, line 1: the row has no messages (it has text)."],
    [
      "an unknown role",
      '{"messages":[{"role":"bot","content":"Hi"}]}',
      'FILE, line 1: messages[0].role is "bot".',
    ],
    [
      "a reply that was rated bad",
      '{"messages":[{"role":"assistant","content":"No."}],"licence":"MIT","consent":"mine","label":false}',
      "FILE, line 1: the reply was rated bad (label is false).",
    ],
    [
      "gzip without its ending",
      gzipSync(good),
      "FILE, line 1: not UTF-8 (1f 8b 08 00 00 00 00 00 …).",
    ],
  ])("names %s", async (_, content, says) => {
    expect(await complaint(fileOf(content))).toMatchObject({ says });
  });

  it("names a missing file and a folder", async () => {
    const folder = temporaryFolder();
    expect((await complaint(join(folder, "none.jsonl"))).says).toBe(
      "Cannot read the conversation file FILE: there is no such file.",
    );
    expect((await complaint(folder)).says).toBe("The conversation file FILE is a folder.");
  });

  it("names damaged and cut gzip data", async () => {
    const packed = gzipSync(`${good}\n`.repeat(2000));
    const cut = fileOf(packed.subarray(0, packed.length - 20), "chats.jsonl.gz");
    expect((await complaint(cut)).says).toMatch(/^FILE is not a whole gzip file: /);
    const plain = fileOf(good, "chats.jsonl.gz");
    expect((await complaint(plain)).says).toMatch(/^FILE is not a whole gzip file: /);
  });

  it("stops reading a line that no conversation is as long as", async () => {
    const file = fileOf(Buffer.concat([Buffer.from(`${good}\n`), Buffer.alloc(17e6, "x")]));
    expect((await complaint(file)).says).toBe(
      "FILE, line 2: longer than 16 MB, which no conversation is.",
    );
  });
});
