import { describe, expect, it } from "vitest";

import { Ratings, type FeedbackRecord } from "../../../src/feedback/ratings.ts";
import { memoryJournal } from "../../support/chat/memory-stores.ts";

function rating(rater: string, verdict: "good" | "bad", reply = "r"): FeedbackRecord {
  return { kind: "rating", verdict, rater, reply, at: 1, model: "starter" };
}

describe("Ratings", () => {
  it("lets the last word of each person count, across a restart", async () => {
    const journal = memoryJournal<FeedbackRecord>();
    const ratings = await Ratings.open(journal);
    await ratings.save(rating("anna", "good"));
    await ratings.save(rating("anna", "bad"));
    await ratings.save(rating("ben", "good"));
    await ratings.save({ kind: "retraction", rater: "ben", reply: "r", at: 2, model: "starter" });
    for (const now of [ratings, await Ratings.open(journal)]) {
      expect(now.counts).toEqual({ good: 0, bad: 1, corrections: 0 });
      expect(now.verdictOf("r", "anna")).toBe("bad");
      expect(now.verdictOf("r", "ben")).toBeUndefined();
    }
  });

  it("counts nothing that did not reach the disk", async () => {
    const full = {
      ...memoryJournal<FeedbackRecord>(),
      append: () => Promise.reject(new Error("ENOSPC")),
    };
    const ratings = await Ratings.open(full);
    await expect(ratings.save(rating("anna", "good"))).rejects.toThrow("ENOSPC");
    expect(ratings.counts.good).toBe(0);
  });

  it("forgets a person on disk and in its counts", async () => {
    const journal = memoryJournal<FeedbackRecord>();
    const ratings = await Ratings.open(journal);
    await ratings.save(rating("anna", "good"));
    await ratings.save(rating("ben", "good"));
    expect(await ratings.forget("anna")).toBe(1);
    expect(await ratings.forget("anna")).toBe(0);
    expect(ratings.counts.good).toBe(1);
    expect(journal.lines).toEqual([rating("ben", "good")]);
  });
});
