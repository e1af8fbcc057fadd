import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { exportFeedback, isHeldOut, type ExportOptions } from "../../../src/feedback/export.ts";
import { keptFeedback } from "../../support/kept-feedback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const LEARNT = "reply a"; // its hash lets it be learnt from
const HELD_OUT = "reply 10"; // and this one's does not

type Row = Readonly<Record<string, unknown>>;

async function desk() {
  const kept = keptFeedback();
  await kept.agree("anna", "ben");
  kept.set({ review: false });
  const folder = join(temporaryFolder(), "out");
  const exported = (options: Partial<ExportOptions> = {}) =>
    exportFeedback(kept.source, {
      folder,
      licence: "ours",
      perPerson: 100,
      since: 0,
      now: Date.UTC(2026, 1, 1),
      ...options,
    });
  const rowsOf = (name: string): Row[] =>
    existsSync(join(folder, name))
      ? readFileSync(join(folder, name), "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Row)
      : [];
  return { ...kept, folder, exported, rowsOf };
}

describe("an export of feedback", () => {
  it("makes of a better answer a conversation and a pair, of a thumb a labelled reply", async () => {
    const { reply, exported, rowsOf } = await desk();
    const hello = await reply("anna", "Hello", "Go away", LEARNT);
    hello.rate("anna", "bad");
    hello.correct("ben", "Hello, Anna!");
    const { rows, outcomes } = await exported();
    expect(rows).toEqual({ "corrections.jsonl": 1, "pairs.jsonl": 1, "thumbs.jsonl": 1 });
    expect(outcomes).toEqual({ taken: 2, waiting: 0, held: 0, dropped: 0 });
    const asked = { role: "user", content: "Hello" };
    expect(rowsOf("corrections.jsonl")).toMatchObject([
      { messages: [asked, { role: "assistant", content: "Hello, Anna!" }] },
    ]);
    expect(rowsOf("pairs.jsonl")).toMatchObject([
      { messages: [asked], chosen: "Hello, Anna!", rejected: "Go away" },
    ]);
    expect(rowsOf("thumbs.jsonl")).toMatchObject([
      { messages: [asked, { role: "assistant", content: "Go away" }], label: false },
    ]);
  });

  it("says in every row where it comes from, who agreed to what, and what its content is", async () => {
    const { reply, exported, rowsOf } = await desk();
    (await reply("anna", "Hello", "Hi", LEARNT)).rate("ben", "good");
    await exported();
    expect(rowsOf("thumbs.jsonl")[0]).toEqual({
      authors: ["anna", "ben"],
      messages: expect.any(Array) as unknown,
      label: true,
      source: "feedback",
      licence: "ours",
      consent: "opt-in of everybody whose words these are, asked again on 2026-02-01",
      author: "ben",
      time: "2026-01-05T01:00:00.000Z",
      id: expect.stringMatching(/^[0-9a-f]{8}$/) as unknown,
      reply: LEARNT,
      model: "m",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  it("holds out the same twentieth of replies each time, with all that is said about them", async () => {
    expect([isHeldOut(LEARNT), isHeldOut(HELD_OUT)]).toEqual([false, true]);
    const held = Array.from({ length: 10_000 }, (_, index) => isHeldOut(`id ${index}`));
    expect(held.filter(Boolean).length / 10_000).toBeCloseTo(0.05, 2);
    const { reply, exported, rowsOf } = await desk();
    const answer = await reply("anna", "Hello", "Hi", HELD_OUT);
    answer.correct("ben", "Hello!");
    answer.rate("anna", "bad");
    expect((await exported()).rows).toEqual({
      "held-out/corrections.jsonl": 1,
      "held-out/pairs.jsonl": 1,
      "held-out/thumbs.jsonl": 1,
    });
    expect(rowsOf("held-out/pairs.jsonl")).toMatchObject([{ chosen: "Hello!" }]);
    expect(rowsOf("pairs.jsonl")).toEqual([]);
  });

  it("writes the same words once, wherever they were said", async () => {
    const { reply, exported, rowsOf } = await desk();
    for (const id of [LEARNT, "reply b", HELD_OUT]) {
      (await reply("anna", "Hello", "Hi", id)).rate("anna", "good");
    }
    await exported();
    expect([...rowsOf("thumbs.jsonl"), ...rowsOf("held-out/thumbs.jsonl")]).toHaveLength(1);
  });

  it("names what it leaves out, with why and without its words", async () => {
    const { reply, exported, rowsOf, set, folder } = await desk();
    set({ review: true });
    const hello = await reply("anna", "Hello", "Hi", LEARNT);
    hello.correct("ben", "A secret");
    hello.rate("ben", "bad");
    hello.rate("anna", "good");
    const { outcomes } = await exported();
    expect(outcomes).toMatchObject({ taken: 0, waiting: 1, held: 2 });
    expect(rowsOf("left-out.jsonl")).toMatchObject([
      { outcome: "waiting", reason: "not reviewed", kind: "correction", author: "ben" },
      { outcome: "held", reason: "raters disagree: 1 good, 1 bad", author: "ben" },
      { outcome: "held", author: "anna" },
    ]);
    const everything = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(everything.join()).not.toMatch(/secret|Hello/);
  });

  it("makes no pair of a better answer that is the reply itself", async () => {
    const { reply, exported } = await desk();
    (await reply("anna", "Hello", "Hi", LEARNT)).correct("ben", "Hi");
    expect((await exported()).rows).toEqual({ "corrections.jsonl": 1 });
  });

  it("takes what a reviewer wrote instead", async () => {
    const { reply, exported, rowsOf, give, now, set } = await desk();
    set({ review: true });
    const hello = await reply("anna", "Hello", "Go away", LEARNT);
    hello.correct("ben", "Helo");
    await exported();
    const [waiting] = rowsOf("left-out.jsonl");
    const decision = {
      kind: "decision",
      verdict: "approved",
      text: "Hello",
      reviewer: "ada",
    } as const;
    give({ ...decision, item: String(waiting?.id), rater: "ben", reply: LEARNT, at: now() });
    const second = join(temporaryFolder(), "second");
    await exported({ folder: second });
    expect(readFileSync(join(second, "pairs.jsonl"), "utf8")).toContain('"chosen":"Hello"');
  });

  it("refuses a folder with something in it, and leaves nothing half-written", async () => {
    const { reply, exported, folder, source } = await desk();
    (await reply("anna", "Hello", "Hi", LEARNT)).rate("anna", "good");
    mkdirSync(folder);
    writeFileSync(join(folder, "thumbs.jsonl"), "");
    await expect(exported()).rejects.toThrow("not empty");
    const other = join(temporaryFolder(), "other");
    let passes = 0;
    const failing = {
      ...source,
      contexts: () => {
        if (passes++ > 0) throw new Error("EIO");
        return source.contexts();
      },
    };
    const options = { folder: other, licence: "", perPerson: 1, since: 0, now: 0 };
    await expect(exportFeedback(failing, options)).rejects.toThrow("EIO");
    expect(readdirSync(join(other, ".."))).toEqual([]);
  });
});
