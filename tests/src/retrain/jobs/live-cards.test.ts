import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { UnreachableError } from "../../../../src/chat/platform.ts";
import { HintedError } from "../../../../src/core/errors.ts";
import { exampleMetrics } from "../../../support/example-run.ts";
import { ADA } from "../../../support/retrain/open-deployment.ts";
import { memoryCards } from "../../../support/chat/memory-cards.ts";
import { COLLECTED, kept, openJobsIn, ORDER } from "../../../support/retrain/open-jobs.ts";

type Jobs = ReturnType<typeof openJobsIn>;
const texts = ({ cards }: Jobs) => cards.shown.map(({ card }) => card.text);
const lastCard = ({ cards }: Jobs) => cards.shown.at(-1)?.card;

async function training(jobs: Jobs) {
  await jobs.desk.order(ORDER);
  (await jobs.step("feedback")).succeed(COLLECTED);
  const step = await jobs.step("finetune");
  while (!lastCard(jobs)?.text.includes("feedback-2026")) await jobs.clock.advance(5000);
  return step;
}

describe("the card of a job", () => {
  it("is one message, changed with each phase and every five seconds, from order to verdict", async () => {
    const jobs = openJobsIn(kept());
    const step = await training(jobs);
    expect(lastCard(jobs)?.text).toBe(
      "**Training 1** (sft)\n" +
        "🏋️ 2 of 3: I train `feedback-2026-01-05`. From 3 corrections, 5 thumbs.",
    );
    expect(lastCard(jobs)?.buttons.map(({ line }) => line)).toEqual([
      "train pause",
      "train cancel",
    ]);

    const before = jobs.cards.shown.length;
    for (const fraction of [0.1, 0.2, 0.5]) {
      step.progress({ title: "train", fraction, text: "step 9  loss 2.10", remainingMs: 60_000 });
    }
    await jobs.clock.advance(4000);
    expect(jobs.cards.shown).toHaveLength(before);
    await jobs.clock.advance(1000);
    await jobs.until(() => lastCard(jobs)?.text.includes("50 %"));
    expect(lastCard(jobs)?.text).toContain(
      "`██████████░░░░░░░░░░` 50 % train: step 9, loss 2.10, 1 min 0 s left",
    );

    const candidate = jobs.trained();
    step.succeed();
    const judge = await jobs.step("judge");
    jobs.judged(candidate, "wins");
    judge.succeed();
    await jobs.until(() => lastCard(jobs)?.text.includes("✅"));
    expect(lastCard(jobs)?.text).toContain(
      [
        "It wins: what people taught it is better.",
        "```",
        "                   champion candidate",
        "feedback held out       2.5      2.25  better",
        "```",
      ].join("\n"),
    );
    expect(lastCard(jobs)?.buttons).toEqual([
      { label: "Let 10 % try it", line: "promote feedback-2026-01-05 10" },
    ]);
    expect(new Set(jobs.cards.shown.map(({ message }) => message)).size).toBe(1);
  });

  it("shows the fall of the loss, drawn anew no oftener than it is worth", async () => {
    const where = kept();
    const jobs = openJobsIn(where);
    await training(jobs);
    const folder = join(where.root, "feedback-2026-01-05");
    mkdirSync(folder);
    const lines = exampleMetrics(50).map((line) => JSON.stringify(line));
    writeFileSync(join(folder, "metrics.jsonl"), `${lines.join("\n")}\n`);
    await jobs.clock.advance(30_000);
    await jobs.until(() => lastCard(jobs)?.image);
    const { image } = lastCard(jobs) ?? {};
    expect(image?.name).toBe("training-1.png");
    const shown = jobs.cards.shown.length;
    await jobs.clock.advance(5000);
    await jobs.until(() => jobs.cards.shown.length > shown);
    expect(lastCard(jobs)?.image?.png).toBe(image?.png);
  });

  it("has no button for what lost", async () => {
    const jobs = openJobsIn(kept());
    const step = await training(jobs);
    const candidate = jobs.trained();
    step.succeed();
    const judge = await jobs.step("judge");
    jobs.judged(candidate, "loses");
    judge.succeed();
    await jobs.until(() => lastCard(jobs)?.text.includes("✅"));
    expect(lastCard(jobs)).toMatchObject({ buttons: [] });
    expect(lastCard(jobs)?.text).toContain("It is not promoted");
  });

  it("survives a restart, and is no second message after it", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await training(first);
    const { message } = first.cards.shown[0] ?? {};
    await first.crash();
    const second = openJobsIn(where);
    await second.until(() => second.cards.shown.length > 0);
    expect(second.cards.shown[0]?.message).toBe(message);
    await second.desk.cancel(ADA);
    await second.until(() => lastCard(second)?.text.includes("🚫"));
    await second.crash();
    const third = openJobsIn(where);
    await third.clock.advance(20_000);
    expect(third.cards.shown).toEqual([]);
  });

  it("that cannot be shown hurts no job, and is shown when it can be", async () => {
    const cards = memoryCards();
    cards.allow = () =>
      Promise.reject(new UnreachableError("Discord is not there.", { hint: "Wait." }));
    const jobs = openJobsIn(kept(), { cards });
    await jobs.desk.order(ORDER);
    (await jobs.step("feedback")).succeed(COLLECTED);
    await jobs.step("finetune");
    cards.allow = () => Promise.resolve();
    await jobs.clock.advance(5000);
    await jobs.until(() => cards.shown.length > 0);
    expect(texts(jobs)[0]).toContain("2 of 3");
    expect(jobs.lines).toContainEqual(
      expect.objectContaining({ event: "card not shown", reason: "Discord is not there." }),
    );
  });

  it("that somebody deleted stays gone", async () => {
    const jobs = openJobsIn(kept());
    await training(jobs);
    const { length } = jobs.cards.shown;
    jobs.cards.allow = () =>
      Promise.reject(new HintedError("The message is gone.", { hint: "Somebody deleted it." }));
    await jobs.desk.pause(ADA);
    await jobs.until(() => jobs.job()?.card?.shows === "gone");
    jobs.cards.allow = () => Promise.resolve();
    await jobs.desk.cancel(ADA);
    await jobs.clock.advance(20_000);
    expect(jobs.cards.shown).toHaveLength(length);
  });
});
