import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openFeedback } from "../../../src/feedback/open-feedback.ts";
import { RatingIndex, Ratings } from "../../../src/feedback/ratings.ts";
import { FeedbackRecord, type NewFeedback } from "../../../src/feedback/record.ts";
import { toLine } from "../../../src/state/journal-lines.ts";
import { openDocument } from "../../../src/state/document.ts";
import { openHome } from "../../../src/state/home.ts";
import { openSegments } from "../../../src/state/segments.ts";
import { memoryDocument, memorySegments } from "../../support/chat/memory-stores.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const said = (rater: string, reply = "r") => ({ rater, reply, at: 1, model: "starter" });

function rating(rater: string, verdict: "good" | "bad", reply?: string): NewFeedback {
  return { kind: "rating", verdict, ...said(rater, reply) };
}

const retraction = (rater: string, reply?: string): NewFeedback => ({
  kind: "retraction",
  ...said(rater, reply),
});

const correction = (rater: string, text: string, reply?: string): NewFeedback => ({
  kind: "correction",
  text,
  ...said(rater, reply),
});

function inMemory(segments = memorySegments<FeedbackRecord>()) {
  const index = memoryDocument(RatingIndex.parse({}));
  return { segments, index, open: () => Ratings.open({ segments, index, log: silentLog }) };
}

/** Ratings on a disk, a few records a segment. */
async function onDisk(folder: string) {
  const options = { folder, schema: FeedbackRecord, log: silentLog, segmentBytes: 600 };
  const segments = await openSegments(options);
  const initial = RatingIndex.parse({});
  const path = join(folder, "index.json");
  const index = await openDocument({ path, schema: RatingIndex, initial, log: silentLog });
  const ratings = await Ratings.open({ segments, index, log: silentLog });
  return { ratings, segments, index };
}

describe("Ratings", () => {
  it("lets the last word of each person count, across a restart", async () => {
    const { open } = inMemory();
    const ratings = await open();
    await ratings.save(rating("anna", "good"));
    await ratings.save(rating("anna", "bad"));
    await ratings.save(rating("ben", "good"));
    await ratings.save(retraction("ben"));
    for (const now of [ratings, await open()]) {
      expect(now.counts).toEqual({ good: 0, bad: 1, corrections: 0 });
      expect(now.verdictOf("r", "anna")).toBe("bad");
      expect(now.verdictOf("r", "ben")).toBeUndefined();
    }
  });

  it("counts nothing that did not reach the disk", async () => {
    const { segments, open } = inMemory();
    const ratings = await open();
    segments.append = () => Promise.reject(new Error("ENOSPC"));
    await expect(ratings.save(rating("anna", "good"))).rejects.toThrow("ENOSPC");
    expect(ratings.counts.good).toBe(0);
  });

  it("forgets a person on disk and in its counts; their decisions are nobody's then", async () => {
    const { segments, open } = inMemory();
    const ratings = await open();
    await ratings.save(rating("anna", "good"));
    await ratings.save(rating("ben", "good"));
    await ratings.save({
      kind: "decision",
      item: "i",
      verdict: "approved",
      reviewer: "anna",
      rater: "ben",
      reply: "r",
      at: 1,
    });
    expect(await ratings.forget("anna")).toBe(1);
    expect(await ratings.forget("anna")).toBe(0);
    expect(ratings.counts.good).toBe(1);
    expect(segments.lines).toMatchObject([{ rater: "ben" }, { reviewer: "forgotten" }]);
  });

  it("keeps what is rated while a person is forgotten", async () => {
    const { ratings, segments } = await onDisk(temporaryFolder());
    for (let index = 0; index < 20; index++) {
      await ratings.save(rating(index % 2 ? "anna" : "ben", "good", `r${index}`));
    }
    const [forgotten] = await Promise.all([
      ratings.forget("anna"),
      ratings.save(rating("ben", "bad", "r0")),
      ratings.save(rating("cleo", "good")),
    ]);
    expect(forgotten).toBe(10);
    expect(ratings.counts).toEqual({ good: 10, bad: 1, corrections: 0 });
    expect(ratings.verdictOf("r0", "ben")).toBe("bad");
    await segments.close();
  });

  it("is compacted to what counts", async () => {
    const { segments, open } = inMemory();
    const ratings = await open();
    await ratings.save(rating("anna", "good"));
    await ratings.save(rating("ben", "good"));
    await ratings.save(correction("anna", "first"));
    await ratings.save(rating("anna", "bad"));
    await ratings.save(retraction("ben"));
    await ratings.save(correction("anna", "second"));
    expect(await ratings.compact()).toBe(4);
    expect(segments.lines).toMatchObject([{ verdict: "bad" }, { text: "second" }]);
    expect(ratings.counts).toEqual({ good: 0, bad: 1, corrections: 1 });
  });

  it("counts across many starts as one that never ended", async () => {
    const folder = temporaryFolder();
    const whole = await inMemory().open();
    const verdicts = ["good", "bad", undefined] as const;
    let { ratings, segments } = await onDisk(folder);
    for (let step = 0; step < 30; step++) {
      const [rater, reply] = [`p${step % 2}`, `r${step % 5}`];
      const verdict = verdicts[(step * step) % 3];
      const feedback = verdict ? rating(rater, verdict, reply) : retraction(rater, reply);
      await ratings.save(feedback);
      await whole.save(feedback);
      if (step % 7 !== 6) continue;
      await segments.close();
      ({ ratings, segments } = await onDisk(folder));
    }
    await ratings.compact(); // what changed before the remembered segments is made good here
    expect(ratings.counts).toEqual(whole.counts);
    await segments.close();
  });

  it("counts the newest segments only at a start, as far as its index goes", async () => {
    const folder = temporaryFolder();
    const first = await onDisk(folder);
    for (let index = 0; index < 40; index++)
      await first.ratings.save(rating("anna", "good", `r${index}`));
    await first.segments.close();
    expect(first.index.value.through).toBeGreaterThan(2);
    const old = join(folder, "000001.journal");
    writeFileSync(old, "damage that nobody comes across\n");
    const second = await onDisk(folder);
    expect(second.ratings.counts.good).toBe(40);
    await second.segments.close();
  });

  it("knows at a start what was rated before edits that left little behind", async () => {
    const { open } = inMemory();
    const ratings = await open();
    for (const person of ["anna", "ben", "cleo"]) await ratings.save(rating(person, "good"));
    await ratings.forget("ben");
    await ratings.save(rating("dora", "bad"));
    await ratings.forget("cleo");
    await ratings.save(rating("emil", "good"));
    const again = await open();
    expect(again.verdictOf("r", "anna")).toBe("good");
    expect([...again.recent()].map(({ rater }) => rater).sort()).toEqual(["anna", "dora", "emil"]);
    await again.save(retraction("anna"));
    expect(again.counts).toEqual({ good: 1, bad: 1, corrections: 0 });
  });

  it("counts again from the start where a rewrite was cut short", async () => {
    const folder = temporaryFolder();
    const first = await onDisk(folder);
    for (let index = 0; index < 10; index++)
      await first.ratings.save(rating("anna", "good", `r${index}`));
    first.segments.edit = () => Promise.reject(new Error("ENOSPC"));
    await expect(first.ratings.forget("anna")).rejects.toThrow("ENOSPC");
    await first.ratings.save(rating("ben", "bad"));
    expect(first.ratings.counts).toEqual({ good: 10, bad: 1, corrections: 0 });
    await first.segments.close();
    const second = await onDisk(folder);
    expect(second.ratings.counts).toEqual({ good: 10, bad: 1, corrections: 0 });
    await second.segments.close();
  });

  it("goes on where its index cannot be written, and says so", async () => {
    const { log, lines } = recordingLog();
    const folder = temporaryFolder();
    const schema = FeedbackRecord;
    const segments = await openSegments({ folder, schema, log, segmentBytes: 600 });
    const index = {
      ...memoryDocument(RatingIndex.parse({})),
      change: () => Promise.reject(new Error("ENOSPC")),
    };
    const ratings = await Ratings.open({ segments, index, log });
    for (let reply = 0; reply < 10; reply++)
      await ratings.save(rating("anna", "good", `r${reply}`));
    expect(ratings.counts.good).toBe(10);
    expect(lines).toContainEqual(expect.objectContaining({ event: "feedback index not written" }));
    await segments.close();
  });
});

describe("a home with a damaged index", () => {
  it("is opened all the same, and counted again", async () => {
    const home = await openHome(temporaryFolder());
    const before = await openFeedback(home, silentLog);
    await before.ratings.save(rating("anna", "good"));
    await before.close();
    writeFileSync(home.path("feedback", "index.json"), "{ half of an ind");
    const { log, lines } = recordingLog();
    const after = await openFeedback(home, log);
    expect(after.ratings.counts.good).toBe(1);
    expect(await after.ratings.forget("anna")).toBe(1);
    expect(lines).toContainEqual(expect.objectContaining({ event: "feedback index not read" }));
    await after.close();
    await home.close();
  });
});

describe("a home where something could not be read", () => {
  it("keeps it aside for no longer than what can be, and not once somebody is forgotten", async () => {
    const home = await openHome(temporaryFolder());
    const feedback = await openFeedback(home, silentLog);
    const torn = home.path("feedback", "contexts", "000001.journal.torn-1");
    const damaged = home.path("feedback", "000001.journal.damaged");
    writeFileSync(torn, "half of what was sa");
    writeFileSync(damaged, "what was rated\n");
    const { ratings, contexts } = feedback;
    await contexts.expire(0);
    expect(existsSync(torn)).toBe(true);
    await contexts.expire(Infinity);
    expect(existsSync(torn)).toBe(false);
    writeFileSync(torn, "half of what was sa");
    await contexts.forget("anna");
    expect(existsSync(torn)).toBe(false);
    await ratings.forget("anna");
    expect(existsSync(damaged)).toBe(false);
    await feedback.close();
    await home.close();
  });
});

describe("a home of the first bots", () => {
  it("keeps its feedback: one file, whose records have no version", async () => {
    const home = await openHome(temporaryFolder());
    const old = { kind: "rating", verdict: "good", ...said("anna") };
    writeFileSync(home.path("feedback.journal"), toLine(old));
    const feedback = await openFeedback(home, silentLog);
    const { ratings } = feedback;
    await ratings.save(rating("ben", "bad"));
    const records: FeedbackRecord[] = [];
    for await (const record of ratings.all()) records.push(record);
    expect(records).toMatchObject([
      { v: 1, ...old },
      { v: 1, rater: "ben" },
    ]);
    expect(existsSync(home.path("feedback.journal"))).toBe(false);
    expect(readdirSync(home.path("feedback"))).toContain("000001.journal");
    await feedback.close();
    await home.close();
  });
});
