import { mkdirSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { Person } from "../../../../src/chat/platform.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { HALL, MANAGER, person } from "../../../support/chat/paper-stage.ts";
import { COLLECTED, kept, openJobsIn } from "../../../support/retrain/open-jobs.ts";

const ADA = person("ada"); // an admin: see openBot

async function desk() {
  const jobs = openJobsIn(kept());
  const { bot } = await openBot({}, { jobs: jobs.desk });
  const train = async (action?: string, value?: string, who: Person = ADA) => {
    const options = { ...(action && { action }), ...(value && { value }) };
    return (await bot.command({ name: "train", options, person: who, place: HALL })).text;
  };
  return { ...jobs, train };
}

describe("train", () => {
  it("begins, shows and ends a training, for admins only", async () => {
    const { train, step, job, clock, until } = await desk();
    expect(await train("start", "", MANAGER)).toContain("Only admins");
    expect(await train()).toContain("Nothing is being trained; `train start` begins.");
    expect(await train("start", "KTO 20")).toBe(
      "Training 1 begins. `train status` shows how far it is, `train cancel` ends it.",
    );
    expect(job()).toMatchObject({
      method: "kto",
      minutes: 20,
      place: HALL,
      by: { who: "discord:ada" },
    });
    (await step("feedback")).succeed(COLLECTED);
    const training = await step("finetune");
    training.progress({
      title: "train",
      fraction: 0.25,
      text: "step 3  loss 2.00",
      remainingMs: 90_000,
    });
    expect(await train("status")).toContain("25 % train: step 3, loss 2.00, 1 min 30 s left");

    expect(await train("start")).toBe("Training 2 waits: 1 is before it.");
    expect(await train("start")).toContain("There is one already: training 2 waits");
    expect(await train("pause")).toContain("Training 1 pauses");
    expect(await train("status")).toContain("⏸️ Paused");
    expect(await train("resume")).toBe("Training 1 goes on.");
    expect(await train("cancel")).toBe("Training 1 is cancelled.");
    await until(() => job(2)?.state === "collecting");
    await clock.advance(0);
    expect(await train("status")).toContain("The last one: **Training 1** (kto, 20 minutes)\n🚫");
  });

  it.each([
    ["fast", "fast says neither how nor how long."],
    ["sft 10 20", "sft 10 20 says neither how nor how long."],
    ["0", "A training cannot take 0 minutes. From 1 to 1440."],
    ["99999", "A training cannot take 99999 minutes."],
  ])("begins nothing where it is told to be %s", async (value, words) => {
    const { train, runner } = await desk();
    expect(await train("start", value)).toContain(words);
    expect(runner.state.jobs).toEqual([]);
  });

  it("has a schedule with its next three times, and says which field makes no sense", async () => {
    const { train } = await desk();
    expect(await train("schedule", "0 3 * * *")).toBe(
      "The next times: Tue 06 Jan 2026, 03:00 UTC, then Wed 07 Jan 2026, 03:00 UTC, then Thu 08 Jan 2026, 03:00 UTC. All in UTC.",
    );
    expect(await train("status")).toContain("- at set times (`train schedule`): Tue 06 Jan 2026");
    expect(await train("schedule", "0 25 * * *")).toContain(
      '"25" does not fit as hours (the second, 0 to 23). Five fields in UTC',
    );
    expect(await train("status")).toContain("Tue 06 Jan 2026");
    expect(await train("schedule")).toContain("needs to know when");
    expect(await train("schedule", "off")).toBe("Nothing is trained at set times any more.");
    expect(await train("status")).toContain("- at set times (`train schedule`): no");
  });

  it("begins by itself after so many rows, and tries what wins, where it is told to", async () => {
    const { train } = await desk();
    expect(await train("after", "50")).toContain("after 50 new rows");
    expect(await train("after", "-1")).toContain("-1 is no number of rows.");
    expect(await train("after", "off")).toContain("- by itself (`train after`): no");
    expect(await train("canary", "wins")).toContain("a model that wins");
    expect(await train("canary", "always")).toContain("There are off, wins, holds.");
    expect(await train("burn")).toContain("Say one of status, start,");
  });

  it("shows how the loss falls in one line", async () => {
    const { train, step, root } = await desk();
    await train("start");
    (await step("feedback")).succeed(COLLECTED);
    await step("finetune");
    mkdirSync(`${root}/feedback-2026-01-05`);
    const lines = [4, 3, 2].map((loss, step) => JSON.stringify({ type: "train", step, loss }));
    writeFileSync(`${root}/feedback-2026-01-05/metrics.jsonl`, `${lines.join("\n")}\n`);
    expect(await train("status")).toContain("loss 4.00 `█▅▁` 2.00");
  });

  it("says so where nothing can be trained", async () => {
    const { bot } = await openBot();
    const call = { name: "train", options: {}, person: ADA, place: HALL };
    expect((await bot.command(call)).text).toContain("Nothing can be trained from here.");
  });
});
