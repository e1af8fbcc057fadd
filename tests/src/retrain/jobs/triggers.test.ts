import { describe, expect, it } from "vitest";

import { ManualClock } from "../../../support/chat/manual-clock.ts";
import { HALL } from "../../../support/chat/paper-stage.ts";
import { ADA } from "../../../support/retrain/open-deployment.ts";
import { COLLECTED, kept, openJobsIn, ORDER } from "../../../support/retrain/open-jobs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Noon; the schedule below comes at three. */
const NOON = Date.UTC(2026, 0, 5, 12);
const AT_THREE = "0 3 * * *";

type Jobs = ReturnType<typeof openJobsIn>;
const ids = ({ runner }: Jobs) => runner.state.jobs.map(({ id }) => id);

/** So much later, as if nobody had looked meanwhile. */
async function later({ clock }: Jobs, milliseconds: number) {
  clock.leap(milliseconds - MINUTE);
  await clock.advance(MINUTE);
}

/** Ends the job that is collecting, with nothing learnt. */
async function endJob(jobs: Jobs, id: number) {
  (await jobs.step("feedback")).succeed({ ...COLLECTED, rows: {} });
  await jobs.reaches("nothing to learn", id);
}

describe("a schedule", () => {
  it("begins a job at its times, and tells the next ones", async () => {
    const jobs = openJobsIn(kept());
    expect(await jobs.desk.schedule(AT_THREE, HALL)).toEqual([
      NOON + 15 * HOUR,
      NOON + 39 * HOUR,
      NOON + 63 * HOUR,
    ]);
    await later(jobs, 14 * HOUR);
    expect(ids(jobs)).toEqual([]);
    await later(jobs, 2 * HOUR);
    expect(jobs.job()).toMatchObject({
      by: { who: "lfz", platform: "machine" },
      place: HALL,
      why: "scheduled: 0 3 * * *",
    });
    expect((await jobs.desk.status()).schedule?.next[0]).toBe(NOON + 39 * HOUR);
    await endJob(jobs, 1);
    await later(jobs, DAY);
    expect(ids(jobs)).toEqual([1, 2]);
  });

  it("adds nothing to a job that waits, and is over when it is told so", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.schedule("0 * * * *", HALL);
    await later(jobs, HOUR);
    await jobs.step("feedback");
    for (let hour = 0; hour < 4; hour++) await later(jobs, HOUR);
    expect(ids(jobs)).toEqual([1, 2]); // one works, one waits
    expect(await jobs.desk.schedule(undefined, HALL)).toEqual([]);
    await endJob(jobs, 1);
    await endJob(jobs, 2);
    await later(jobs, 5 * HOUR);
    expect(ids(jobs)).toEqual([1, 2]);
  });

  it.each([
    ["by less than a day", 20 * HOUR, [1]],
    ["for days, of which the last time was today", 3 * DAY, [1]],
    ["not at all", 14 * HOUR, []],
  ])(
    "that was missed while the bot was down, %s, is made up for once",
    async (_, time, expected) => {
      const where = kept();
      const first = openJobsIn(where);
      await first.desk.schedule(AT_THREE, HALL);
      await first.crash();
      const second = openJobsIn(where, { clock: new ManualClock(NOON + time) });
      await later(second, HOUR / 2);
      expect(ids(second)).toEqual(expected);
    },
  );

  it("that was missed by more than a day goes on with its next time", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.schedule("0 3 * * tue", HALL); // tomorrow
    await first.crash();
    const second = openJobsIn(where, { clock: new ManualClock(NOON + 3 * DAY) });
    await later(second, HOUR);
    expect(ids(second)).toEqual([]);
    expect(second.lines).toContainEqual(
      expect.objectContaining({ reason: "a training was missed by more than a day" }),
    );
    await later(second, 5 * DAY);
    expect(ids(second)).toEqual([1]);
  });

  it("starts no time twice where the clock is set back, even over a restart", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.schedule(AT_THREE, HALL);
    await later(first, 16 * HOUR);
    await endJob(first, 1);
    await first.crash();
    const second = openJobsIn(where, { clock: new ManualClock(NOON + 13 * HOUR) });
    await later(second, 4 * HOUR);
    expect(ids(second)).toEqual([1]);
    await later(second, DAY);
    expect(ids(second)).toEqual([1, 2]);
  });

  it("begins once where the clock leaps ahead, and once a day where it is set back", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.schedule(AT_THREE, HALL);
    await later(jobs, 3 * DAY);
    await endJob(jobs, 1);
    jobs.clock.leap(-6 * HOUR);
    await later(jobs, 6 * HOUR);
    expect(ids(jobs)).toEqual([1]);
    await later(jobs, DAY);
    expect(ids(jobs)).toEqual([1, 2]);
  });

  it("goes on where the clock had been years ahead", async () => {
    const where = kept();
    const first = openJobsIn(where, { clock: new ManualClock(NOON + 4000 * DAY) });
    await first.desk.schedule(AT_THREE, HALL);
    await first.crash();
    const second = openJobsIn(where);
    await later(second, HOUR);
    expect(ids(second)).toEqual([]);
    await later(second, 15 * HOUR);
    expect(ids(second)).toEqual([1]);
  });
});

describe("feedback", () => {
  const stats = (taken: number) => ({ since: { taken } });

  it("begins a job once there is enough that came after the last collection, asked every hour", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    (await jobs.step("feedback")).succeed(COLLECTED);
    await jobs.step("finetune");
    await jobs.desk.cancel(ADA);
    await jobs.desk.after(5, HALL);

    await later(jobs, HOUR);
    const first = await jobs.step("feedback");
    expect(first.words).toEqual(["feedback", "stats", "--since", new Date(NOON).toISOString()]);
    first.succeed(stats(4));
    await later(jobs, HOUR);
    expect(ids(jobs)).toEqual([1]);
    (await jobs.step("feedback")).succeed(stats(5));
    await jobs.until(() => jobs.job(2));
    expect(jobs.job(2)).toMatchObject({ place: HALL, why: "5 new rows" });
  });

  it("begins none beside one that was ordered while it was counted", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.after(5, HALL);
    await later(jobs, HOUR);
    const counting = await jobs.step("feedback");
    await jobs.desk.order(ORDER);
    counting.succeed(stats(5));
    await later(jobs, HOUR);
    expect(ids(jobs)).toEqual([1]);
  });

  it("is not counted where nobody wants that, or while a job goes on", async () => {
    const jobs = openJobsIn(kept());
    await later(jobs, 3 * HOUR);
    expect(jobs.steps).toEqual([]);
    await jobs.desk.after(5, HALL);
    await jobs.desk.order(ORDER);
    await jobs.step("feedback");
    await later(jobs, 3 * HOUR);
    expect(jobs.steps).toHaveLength(1);
    await jobs.desk.after(undefined, HALL);
    expect((await jobs.desk.status()).after).toBeUndefined();
  });

  it("that cannot be counted is counted an hour later, with a word in the log", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.after(1, HALL);
    await later(jobs, HOUR);
    (await jobs.step("feedback")).fail(2, "There is no feedback.");
    await later(jobs, HOUR);
    (await jobs.step("feedback")).succeed(stats(1));
    await jobs.until(() => jobs.job());
    expect(jobs.lines).toContainEqual(
      expect.objectContaining({ event: "feedback not counted", reason: "There is no feedback." }),
    );
  });
});
