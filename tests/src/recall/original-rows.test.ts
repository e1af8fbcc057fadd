import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { OriginalRows } from "../../../src/recall/original-rows.ts";
import { Rows } from "../../../src/recall/rows.ts";
import { HintedError } from "../../../src/core/errors.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const CHATS = [
  ["Is tea warm?", "Tea is warm, as long as you drink it soon.", "MIT"],
  ["is tea warm?", "Tea is warm, as long as you drink it soon.", "MIT"],
  ["What is the capital of France?", "The capital of France is Paris.", "CC-BY-4.0"],
  ["When does the team meet?", "The team meets on Monday at nine.", "internal"],
] as const;

const open: OriginalRows[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

describe("the rows of the training data", () => {
  it("are found by their words, each once, with source and licence", async () => {
    const rows = await Rows.read([await chatsFile()]);
    expect(rows.nearest({ text: "How warm is the tea?", most: 2, isPublic: true })).toEqual([
      {
        user: "Is tea warm?",
        bot: "Tea is warm, as long as you drink it soon.",
        source: "a test",
        licence: "MIT",
      },
      expect.objectContaining({ bot: "The capital of France is Paris." }),
    ]);
  });

  it("are shown to everybody only if their licence says that everybody may read them", async () => {
    const rows = await Rows.read([await chatsFile()]);
    const ask = { text: "the team meets", most: 1 };
    expect(rows.nearest({ ...ask, isPublic: false })).toMatchObject([{ licence: "internal" }]);
    expect(rows.nearest({ ...ask, isPublic: true })).not.toMatchObject([{ licence: "internal" }]);
  });

  it("know whether words stand in one of them for everybody to read", async () => {
    const rows = await Rows.read([await chatsFile()]);
    expect(rows.has(["capital", "of", "france", "is", "paris"])).toBe(true);
    expect(rows.has(["paris", "is", "capital", "of", "france"])).toBe(false);
    expect(rows.has(["team", "meets", "on", "monday"])).toBe(false);
    expect(rows.has(["apit", "of", "france"])).toBe(false);
  });

  it("are a part of them, chosen evenly, where they are too many", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "many.jsonl");
    const line = (n: number) =>
      `${JSON.stringify([
        { role: "user", content: "hello" },
        { role: "assistant", content: `number ${String(n).padStart(3, "0")}` },
      ])}\n`;
    await writeFile(path, Array.from({ length: 100 }, (_, n) => line(n)).join(""));
    const rows = await Rows.read([path], line(0).length * 25);
    expect(rows.size).toBe(25);
    expect(rows.share).toBe(0.25);
    expect(rows.nearest({ text: "number 099", most: 1, isPublic: false })[0]?.bot).toBe(
      "number 099",
    );
  });

  it("pass over lines that are no conversation", async () => {
    const path = join(temporaryFolder(), "odd.jsonl");
    await writeFile(path, '\nno JSON\n{"messages":[]}\n');
    expect((await Rows.read([path])).size).toBe(0);
  });
});

describe("a search in a thread of its own", () => {
  it("says that it is still reading once the deadline is over", async () => {
    const { rows, clock } = searching(() => new Promise(() => {}));
    const asked = rows.nearest({ text: "tea", most: 1, isPublic: true });
    const isThere = rows.has(["tea"]);
    await clock.advance(2000);
    expect(await asked).toEqual({ kind: "reading" });
    expect(await isThere).toBe(false);
  });

  it("answers with rows; says that it does not know while the data is not there, and looks again", async () => {
    const path = await chatsFile();
    let isThere = false;
    const { rows, lines } = searching(async () => {
      if (isThere) return [path];
      throw new HintedError("The conversations are not known.", { hint: "Name their files." });
    });
    const ask = { text: "tea", most: 1, isPublic: true };
    expect(await rows.nearest(ask)).toEqual({ kind: "unknown" });
    expect(lines).toMatchObject([{ reason: "The conversations are not known." }]);
    isThere = true;
    expect(await rows.nearest(ask)).toMatchObject({
      kind: "found",
      share: 1,
      rows: [{ user: "Is tea warm?", licence: "MIT" }],
    });
    expect(await rows.has(["capital", "of", "france"])).toBe(true);
    expect(await rows.has(["capital", "of", "spain"])).toBe(false);
  });

  it("says that it does not know if its thread cannot read the files", async () => {
    const { rows } = searching(async () => ["nowhere.jsonl"]);
    const ask = { text: "tea", most: 1, isPublic: true };
    expect(await rows.nearest(ask)).toEqual({ kind: "unknown" });
  });
});

function searching(files: () => Promise<readonly string[]>) {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const rows = new OriginalRows({ files, clock, log });
  open.push(rows);
  return { rows, clock, lines };
}

async function chatsFile(): Promise<string> {
  const path = join(temporaryFolder(), "chats.jsonl");
  const lines = CHATS.map(([user, bot, licence]) => ({
    messages: [
      { role: "user", content: user },
      { role: "assistant", content: bot },
    ],
    source: "a test",
    licence,
  }));
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}
