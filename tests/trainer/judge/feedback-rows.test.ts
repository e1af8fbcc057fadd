import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readFeedback, readPrivateTexts } from "../../../trainer/judge/feedback-rows.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const user = (content: string) => ({ role: "user", content });
const bot = (content: string) => ({ role: "assistant", content });

function exported(files: Readonly<Record<string, readonly object[]>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "held-out"));
  for (const [name, rows] of Object.entries(files)) {
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
  return folder;
}

describe("feedback to judge by", () => {
  it("is what was held out, and what was learnt beside it", async () => {
    const folder = exported({
      "corrections.jsonl": [{ messages: [user("a"), bot("b")] }],
      "held-out/corrections.jsonl": [{ messages: [user("c"), bot("d"), user("e"), bot("f")] }],
      "held-out/pairs.jsonl": [{ messages: [user("g")], chosen: "h", rejected: "i" }],
      "held-out/thumbs.jsonl": [{ messages: [user("j"), bot("k")], label: false }],
    });
    expect(await readFeedback(folder)).toEqual({
      learnt: [{ prompt: [user("a")], reply: "b" }],
      corrections: [{ prompt: [user("c"), bot("d"), user("e")], reply: "f" }],
      pairs: [
        {
          chosen: { prompt: [user("g")], reply: "h" },
          rejected: { prompt: [user("g")], reply: "i" },
        },
      ],
      thumbs: [{ prompt: [user("j")], reply: "k", good: false }],
    });
  });

  it("may be missing or empty, file by file", async () => {
    const folder = exported({ "held-out/pairs.jsonl": [] });
    const nothing = { learnt: [], corrections: [], pairs: [], thumbs: [] };
    expect(await readFeedback(folder)).toEqual(nothing);
  });

  it("is refused where it is none, in words", async () => {
    await expect(readFeedback("nowhere")).rejects.toThrow("no folder of feedback nowhere");
    const folder = temporaryFolder();
    await expect(readFeedback(folder)).rejects.toThrow(`${folder} has no held-out/`);
    const broken = exported({ "held-out/thumbs.jsonl": [{ messages: [user("a"), bot("b")] }] });
    await expect(readFeedback(broken)).rejects.toThrow("thumbs.jsonl, line 1: the row has neither");
  });
});

describe("private texts", () => {
  it("are what people said; what the bot said, or should have said, is not", async () => {
    const folder = exported({
      "corrections.jsonl": [{ messages: [user("a"), bot("own"), user("b"), bot("wanted")] }],
      "held-out/thumbs.jsonl": [{ messages: [user("c"), bot("rated")], label: true }],
    });
    const found: string[] = [];
    for await (const { text, question } of readPrivateTexts(folder)) {
      found.push(`${text}, to ${question}`);
    }
    expect(found).toEqual(["a, to b", "b, to b", "c, to c"]);
  });
});
