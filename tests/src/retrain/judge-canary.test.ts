import { describe, expect, it } from "vitest";

import { Replies, type ReplyRecord } from "../../../src/chat/replies.ts";
import { fareWith, type Fare } from "../../../src/retrain/canary-figures.ts";
import { complaintAbout } from "../../../src/retrain/judge-canary.ts";
import { memoryJournal, memorySegments, ratingsIn } from "../../support/chat/memory-stores.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { HALL } from "../../support/chat/paper-stage.ts";

const FINE: Fare = {
  ratings: 100,
  bad: 10,
  replies: 200,
  failed: 1,
  firstTokens: Array.from({ length: 200 }, (_, index) => 100 + index),
};

const waits = (count: number, milliseconds: number) =>
  Array.from({ length: count }, () => milliseconds);

describe("a canary", () => {
  it("is no worse if it fares as the champion does, or better", () => {
    expect(complaintAbout(FINE, FINE)).toBeUndefined();
    expect(complaintAbout({ ...FINE, bad: 0, failed: 0 }, FINE)).toBeUndefined();
  });

  it("is worse if its replies are rated down more often than luck explains", () => {
    expect(complaintAbout({ ...FINE, ratings: 30, bad: 12 }, FINE)).toBe(
      "thumbs down: 12 of 30, the champion 10 of 100",
    );
    expect(complaintAbout({ ...FINE, ratings: 30, bad: 7 }, FINE)).toBeUndefined();
  });

  it("is not judged by a few ratings, of its own or of the champion", () => {
    expect(complaintAbout({ ...FINE, ratings: 29, bad: 29 }, FINE)).toBeUndefined();
    const few = { ...FINE, ratings: 29, bad: 0 };
    expect(complaintAbout({ ...FINE, bad: 100 }, few)).toBeUndefined();
  });

  it("is worse soon if most of what it is asked fails", () => {
    const broken = { ...FINE, ratings: 0, bad: 0, firstTokens: [] };
    expect(complaintAbout({ ...broken, replies: 10, failed: 8 }, FINE)).toContain("failed replies");
    expect(complaintAbout({ ...broken, replies: 9, failed: 9 }, FINE)).toBeUndefined();
    expect(complaintAbout({ ...broken, replies: 60, failed: 3 }, FINE)).toBeUndefined();
  });

  it("is worse if people wait twice as long as usual, once that can be noticed", () => {
    const slow = { ...FINE, firstTokens: waits(50, 900) };
    expect(complaintAbout(slow, FINE)).toBe(
      "first tokens after more than 400 ms: 50 of 50, the champion 0 of 200",
    );
    expect(complaintAbout({ ...slow, firstTokens: waits(49, 900) }, FINE)).toBeUndefined();
    const instant = { ...FINE, firstTokens: waits(200, 20) };
    expect(complaintAbout({ ...FINE, firstTokens: waits(200, 90) }, instant)).toBeUndefined();
  });
});

describe("how people fare with a model", () => {
  it("counts its replies since the trial began, and what people rated then", async () => {
    const { replies, ratings } = await heardOf(
      [
        { id: "0", model: "new", at: 9 },
        { id: "1", model: "new", at: 10 },
        { id: "2", model: "new", at: 11, outcome: "failed", firstTokenMs: 0 },
        { id: "3", model: "old", at: 12, firstTokenMs: 80 },
      ],
      [
        { reply: "0", rater: "a", verdict: "bad" },
        { reply: "1", rater: "a", verdict: "bad" },
        { reply: "1", rater: "b", verdict: "good" },
        { reply: "3", rater: "b", verdict: "bad" },
      ],
    );
    const heard = { replies, ratings };
    expect(fareWith("new", 10, heard)).toEqual({
      ratings: 2,
      bad: 1,
      replies: 2,
      failed: 1,
      firstTokens: [50],
    });
    expect(fareWith("old", 10, heard)).toMatchObject({ ratings: 1, bad: 1, firstTokens: [80] });
  });

  it("lets nobody decide alone", async () => {
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    const heard = await heardOf(
      ids.map((id) => ({ id, model: "new", at: 10 })),
      [
        ...ids.map((reply) => ({ reply, rater: "a", verdict: "bad" as const })),
        { reply: "0", rater: "b", verdict: "good" },
      ],
    );
    expect(fareWith("new", 10, heard)).toMatchObject({ ratings: 11, bad: 10 });
  });
});

async function heardOf(
  said: readonly Partial<ReplyRecord>[],
  rated: readonly { reply: string; rater: string; verdict: "good" | "bad" }[],
) {
  const replies = await Replies.open(memoryJournal(said.map(recordOf)));
  const ratings = await ratingsIn(memorySegments(), recordingLog().log);
  for (const one of rated) await ratings.save({ kind: "rating", at: 0, model: "", ...one });
  return { replies, ratings };
}

function recordOf(parts: Partial<ReplyRecord>): ReplyRecord {
  return {
    id: "",
    at: 0,
    place: HALL,
    asker: "anna",
    question: [],
    messages: [],
    outcome: "finished",
    model: "",
    seed: 1,
    promptTokens: 1,
    tokens: 1,
    droppedTurns: 0,
    firstTokenMs: 50,
    tokensPerSecond: 100,
    ...parts,
  };
}
