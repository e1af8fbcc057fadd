import { describe, expect, it } from "vitest";

import { Contexts, type ContextRecord } from "../../../src/feedback/contexts.ts";
import { RatingIndex, Ratings } from "../../../src/feedback/ratings.ts";
import type { FeedbackRecord } from "../../../src/feedback/record.ts";
import { keepRetention } from "../../../src/feedback/retention.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { memoryDocument, memorySegments } from "../../support/chat/memory-stores.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";

const DAY = 86_400_000;

async function kept() {
  const clock = new ManualClock();
  const segments = memorySegments<ContextRecord>();
  const contexts = new Contexts(segments);
  const closing = new AbortController();
  const { log, lines } = recordingLog();
  const keep = (text: string) =>
    contexts.keep({
      at: clock.now(),
      place: { platform: "discord", channel: "hall" },
      turns: [{ role: "user", content: text, author: "anna" }],
      reply: "Hello",
    });
  const texts = () => segments.lines.map(({ turns }) => turns[0]?.content);
  const feedback = memorySegments<FeedbackRecord>();
  const index = memoryDocument(RatingIndex.parse({}));
  const ratings = await Ratings.open({ segments: feedback, index, log });
  const ended = keepRetention({ contexts, ratings, days: 180, clock, log }, closing.signal);
  return { clock, segments, ratings, feedback, keep, texts, lines, closing, ended };
}

describe("retention", () => {
  it("deletes what was kept for so many days, day by day, and nothing else", async () => {
    const { clock, keep, texts, closing, ended } = await kept();
    await keep("first");
    await clock.advance(10 * DAY);
    await keep("second");
    await clock.advance(169 * DAY);
    expect(texts()).toEqual(["first", "second"]);
    await clock.advance(2 * DAY);
    expect(texts()).toEqual(["second"]);
    closing.abort();
    await ended;
  });

  it("is not held up by what was kept while the clock was wrong", async () => {
    const { clock, segments, keep, texts, closing, ended } = await kept();
    const context = { v: 1, place: { platform: "discord", channel: "hall" }, turns: [] } as const;
    await segments.append({ ...context, id: "1", at: clock.now() + 365 * DAY, reply: "Later" });
    await keep("old");
    await clock.advance(182 * DAY);
    expect(texts()).toEqual([undefined]);
    closing.abort();
    await ended;
  });

  it("drops ratings that no longer count", async () => {
    const { clock, ratings, feedback, closing, ended } = await kept();
    for (const verdict of ["good", "bad"] as const) {
      await ratings.save({ kind: "rating", verdict, reply: "r", rater: "anna", model: "m", at: 1 });
    }
    await clock.advance(DAY);
    expect(feedback.lines).toMatchObject([{ verdict: "bad" }]);
    closing.abort();
    await ended;
  });

  it("happens soon after a start, for a bot that is restarted every day", async () => {
    const { clock, keep, texts, closing, ended } = await kept();
    await keep("old");
    const restarted = clock.now() + 181 * DAY;
    clock.now = () => restarted;
    await clock.advance(60_000);
    expect(texts()).toEqual([]);
    closing.abort();
    await ended;
  });

  it("tries again the next day where the disk refuses", async () => {
    const { clock, segments, lines, keep, texts, closing, ended } = await kept();
    await keep("old");
    const disk = { ...segments };
    segments.edit = () => Promise.reject(new Error("ENOSPC"));
    await clock.advance(182 * DAY);
    expect(lines).toContainEqual(expect.objectContaining({ event: "feedback not tidied" }));
    segments.edit = (change, options) => disk.edit(change, options);
    await clock.advance(DAY);
    expect(texts()).toEqual([]);
    closing.abort();
    await ended;
  });
});
