import { existsSync, readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import { COLLECTED, cutOff, kept, openJobsIn, ORDER } from "../../../support/retrain/open-jobs.ts";
import { ADA } from "../../../support/retrain/open-deployment.ts";

type Jobs = ReturnType<typeof openJobsIn>;

/** Up to the training of a job that was just ordered. */
async function toTraining(jobs: Jobs) {
  (await jobs.step("feedback")).succeed(COLLECTED);
  return jobs.step("finetune");
}

async function toJudging(jobs: Jobs) {
  const training = await toTraining(jobs);
  const candidate = jobs.trained();
  training.succeed();
  return { candidate, judge: await jobs.step("judge") };
}

describe("a job", () => {
  it("collects, trains beside what the model knows, judges, and says what came of it", async () => {
    const jobs = openJobsIn(kept());
    const { desk, root, home, job } = jobs;
    await desk.order({ ...ORDER, minutes: 3 });

    const collecting = await jobs.step("feedback");
    const collected = home.path("jobs", "1", "feedback-1");
    expect(collecting.words).toEqual(["feedback", "export", "--out", collected]);
    collecting.succeed(COLLECTED);

    const training = await jobs.step("finetune");
    const originals = join(root, "originals.jsonl");
    const data = join(collected, "corrections.jsonl");
    expect(training.words.slice(0, -1).join(" ")).toBe(
      `finetune --from ${root}/champion --data ${data} --method sft ` +
        `--name feedback-2026-01-05 --replay ${originals} --minutes 3 --threads`,
    );
    const candidate = jobs.trained();
    training.succeed();

    const judging = await jobs.step("judge");
    expect(judging.words.join(" ")).toBe(
      `judge ${candidate} --against ${root}/champion --data ${originals} --feedback ${collected}`,
    );
    jobs.judged(candidate, "wins");
    judging.succeed();

    await jobs.reaches("done");
    expect(job()).toMatchObject({
      candidate: "feedback-2026-01-05",
      method: "sft",
      collectedAt: jobs.clock.now(),
      verdict: { outcome: "wins" },
      remark: "`promote feedback-2026-01-05 10` lets some people try it.",
    });
    expect(jobs.promotions).toEqual([]);
    await jobs.until(() => readdirSync(home.path("jobs")).length === 0);
  });

  it("learns from thumbs where there are no better answers, and else ends without a training", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    (await jobs.step("feedback")).succeed({ ...COLLECTED, rows: { "thumbs.jsonl": 1 } });
    expect((await jobs.step("finetune")).words).toContain("kto");
    await jobs.desk.cancel(ADA);

    await jobs.desk.order(ORDER);
    (await jobs.step("feedback")).succeed({ ...COLLECTED, rows: {} });
    await jobs.reaches("nothing to learn", 2);
    expect(jobs.job(2)?.remark).toContain("nothing yet that may be learnt from");
    await jobs.desk.order({ ...ORDER, method: "dpo" });
    (await jobs.step("feedback")).succeed(COLLECTED);
    await jobs.reaches("nothing to learn", 3);
    expect(jobs.steps.filter(({ words }) => words[0] === "finetune")).toHaveLength(1);
  });

  it("begins with another folder than the champion where it is told to, and is judged all the same", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order({ ...ORDER, from: "clean" });
    const { judge } = await toJudging(jobs);
    expect(jobs.steps[1]?.words.slice(0, 3)).toEqual(["finetune", "--from", "clean"]);
    expect(judge.words).toContain(join(jobs.root, "champion"));
  });

  it("waits for the one before it, and is not ordered twice", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    await jobs.step("feedback");
    expect((await jobs.desk.order(ORDER)).ahead).toBe(1);
    await expect(jobs.desk.order(ORDER)).rejects.toThrow("There is one already: training 2 waits");
    expect((await jobs.desk.order({ ...ORDER, from: "clean" })).ahead).toBe(2);
    expect(jobs.steps).toHaveLength(1);
    await jobs.desk.cancel(ADA);
    await jobs.reaches("collecting", 2);
    expect(jobs.job(3)?.state).toBe("waiting");
  });
});

describe("a job whose rows hold words of somebody who is forgotten", () => {
  it.each(["feedback", "finetune", "judge"])(
    "begins again in %s, without what it made",
    async (at) => {
      const jobs = openJobsIn(kept());
      await jobs.desk.order(ORDER);
      const collecting = await jobs.step("feedback");
      let candidate = "none yet";
      if (at !== "feedback") {
        jobs.collected("anna");
        collecting.succeed(COLLECTED);
        const training = await jobs.step("finetune");
        candidate = jobs.trained();
        if (at === "judge") training.succeed();
        await jobs.step(at);
      }
      expect(await jobs.desk.collectAgain("anna")).toBe(true);

      await jobs.until(
        () => jobs.steps.filter(({ words }) => words[0] === "feedback").length === 2,
      );
      expect(jobs.job()).toMatchObject({
        state: "collecting",
        collections: 2,
        candidate: undefined,
      });
      expect(existsSync(candidate)).toBe(false);
      expect(existsSync(jobs.home.path("jobs", "1"))).toBe(false);
    },
  );

  it("stays paused without them, and begins again when it goes on", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    await toTraining(jobs);
    jobs.collected("anna");
    const candidate = jobs.trained();
    await jobs.desk.pause(ADA);
    expect(await jobs.desk.collectAgain("anna")).toBe(true);
    expect(jobs.job()?.state).toBe("paused");
    await jobs.until(() => readdirSync(jobs.home.path("jobs")).length === 0);
    expect(await jobs.desk.collectAgain("anna")).toBe(true);
    await jobs.desk.resume(ADA);
    await jobs.until(() => jobs.job()?.collections === 2);
    expect(existsSync(candidate)).toBe(false);
  });

  it("collects again also where it had collected them while that was written down", async () => {
    const { document, ...where } = kept();
    const slow: typeof document = {
      get value() {
        return document.value;
      },
      async change(edit) {
        const value = await document.change(edit);
        await setImmediate();
        return value;
      },
    };
    const jobs = openJobsIn({ ...where, document: slow });
    await jobs.desk.order(ORDER);
    const collecting = await jobs.step("feedback");
    await jobs.clock.advance(1);
    const again = jobs.desk.collectAgain("anna");
    collecting.succeed(COLLECTED);
    expect(await again).toBe(true);
    await jobs.step("feedback");
    expect(jobs.steps.some(({ words }) => words[0] === "finetune")).toBe(false);
  });

  it("leaves the disk at once where nobody works on it, and collects again when it goes on", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await toTraining(first);
    first.collected("anna");
    const candidate = first.trained();
    await first.crash();
    expect(await first.resting.collectAgain("ben")).toBe(false);
    expect(await first.resting.collectAgain("anna")).toBe(true);
    expect(readdirSync(first.home.path("jobs"))).toEqual([]);

    const second = openJobsIn(where);
    await second.step("feedback");
    expect(existsSync(candidate)).toBe(false);
  });

  it("is none where it collected nothing of them", async () => {
    const jobs = openJobsIn(kept());
    expect(await jobs.desk.collectAgain("anna")).toBe(false);
    await jobs.desk.order(ORDER);
    await toTraining(jobs);
    jobs.collected("ben");
    jobs.trained();
    expect(await jobs.desk.collectAgain("anna")).toBe(false);
    expect(jobs.job()?.state).toBe("training");
  });
});

describe("a verdict", () => {
  it.each([
    ["off", "wins", 0, "`promote feedback-2026-01-05 10` lets some people try it."],
    ["wins", "wins", 1, "It answers 10 % of the people from now on."],
    ["wins", "holds", 0, "`promote feedback-2026-01-05 10` lets some people try it."],
    ["holds", "holds", 1, "It answers 10 % of the people from now on."],
    ["holds", "loses", 0, "It is not promoted, and stays an experiment."],
  ] as const)("is acted on: rule %s, and it %s", async (rule, outcome, count, remark) => {
    const jobs = openJobsIn(kept());
    await jobs.desk.canary(rule);
    await jobs.desk.order(ORDER);
    const { candidate, judge } = await toJudging(jobs);
    jobs.judged(candidate, outcome);
    judge.succeed();
    await jobs.reaches("done");
    expect(jobs.job()?.remark).toBe(remark);
    expect(jobs.promotions).toHaveLength(count);
    expect(existsSync(candidate)).toBe(true);
  });

  it("stands where the promotion is refused", async () => {
    const refusal = new HintedError("old is being tried.", { hint: "Decide about it first." });
    const jobs = openJobsIn(kept(), { promote: () => Promise.reject(refusal) });
    await jobs.desk.canary("wins");
    await jobs.desk.order(ORDER);
    const { candidate, judge } = await toJudging(jobs);
    jobs.judged(candidate, "wins");
    judge.succeed();
    await jobs.reaches("done");
    expect(jobs.job()?.remark).toContain("could not be promoted: old is being tried.");
  });
});

describe("a job that is stopped", () => {
  it.each(["feedback", "finetune", "judge"])(
    "in %s ends its process and what it collected",
    async (verb) => {
      const jobs = openJobsIn(kept());
      await jobs.desk.order(ORDER);
      if (verb === "finetune") await toTraining(jobs);
      if (verb === "judge") await toJudging(jobs);
      const step = await jobs.step(verb);
      expect(await jobs.desk.cancel(ADA)).toMatchObject({ id: 1, state: "cancelled" });
      expect(step.isTold()).toBe(true);
      await jobs.until(() => readdirSync(jobs.home.path("jobs")).length === 0);
      expect(jobs.job()?.state).toBe("cancelled");
      expect(jobs.steps.at(-1)?.words[0]).toBe(verb);
    },
  );

  it("while it waits never begins", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    await toTraining(jobs);
    await jobs.desk.pause(ADA);
    await jobs.desk.order(ORDER);
    expect(await jobs.desk.cancel(ADA)).toMatchObject({ id: 1 });
    await jobs.step("feedback");
    await jobs.desk.cancel(ADA);
    await expect(jobs.desk.cancel(ADA)).rejects.toThrow("Nothing is being trained.");
    await expect(jobs.desk.pause(ADA)).rejects.toThrow("Nothing is being trained");
  });

  it("for a while saves, and goes on from its checkpoint", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    const training = await toTraining(jobs);
    cutOff(join(jobs.root, "feedback-2026-01-05"), { checkpoint: true });
    await jobs.desk.pause(ADA);
    expect(training.isTold()).toBe(true);
    await expect(jobs.desk.pause(ADA)).rejects.toThrow("Training 1 is paused.");
    await jobs.desk.order(ORDER); // it keeps its place
    expect(jobs.job(2)?.state).toBe("waiting");

    await jobs.desk.resume(ADA);
    const resumed = await jobs.step("train");
    expect(resumed.words.slice(0, 3)).toEqual(["train", "--resume", "feedback-2026-01-05"]);
    jobs.trained();
    resumed.succeed();
    await jobs.reaches("judging");
  });
});

describe("a job that goes wrong", () => {
  it("ends with the words of its process, and the next one begins", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    const training = await toTraining(jobs);
    await jobs.desk.order(ORDER);
    training.fail(1, "Cannot write experiments/x: the disk is full. Free some space.");
    await jobs.reaches("failed");
    expect(jobs.job()?.remark).toBe(
      "Cannot write experiments/x: the disk is full. Free some space.",
    );
    await jobs.reaches("collecting", 2);
  });

  it("is begun again once if its process is killed, and fails the second time", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    const training = await toTraining(jobs);
    cutOff(join(jobs.root, "feedback-2026-01-05"), { checkpoint: true });
    training.fail(137, "");
    (await jobs.step("train")).fail(137, "");
    await jobs.reaches("failed");
    expect(jobs.job()?.remark).toContain("ended from outside, by signal 9");
  });

  it("goes on once its state can be written, and fails if what came of it cannot be", async () => {
    const where = kept();
    const { document } = where;
    const refusals: Error[] = [];
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    const change: typeof document.change = (edit) => {
      const refusal = refusals.pop();
      return refusal ? Promise.reject(refusal) : document.change(edit);
    };
    const guarded = {
      change,
      get value() {
        return document.value;
      },
    };
    const jobs = openJobsIn({ ...where, document: guarded });
    await jobs.desk.order({ by: ADA });
    const collecting = await jobs.step("feedback");
    refusals.push(full);
    collecting.succeed(COLLECTED);
    while (jobs.job()?.state !== "training") await jobs.clock.advance(10_000);
    const training = await jobs.step("finetune");
    refusals.push(new TypeError("what came of it makes no sense"));
    training.succeed();
    while (jobs.job()?.state !== "failed") await jobs.clock.advance(10_000);
    expect(jobs.job()?.remark).toBe("what came of it makes no sense");
  });

  it("fails where the candidate has vanished, or its verdict is none", async () => {
    const jobs = openJobsIn(kept());
    await jobs.desk.order(ORDER);
    const { candidate, judge } = await toJudging(jobs);
    await rm(candidate, { recursive: true });
    judge.fail(2, "There is no experiment.");
    await jobs.reaches("failed");

    await jobs.desk.order(ORDER);
    const second = await toJudging(jobs);
    await writeFile(join(second.candidate, "verdict.json"), "{}");
    second.judge.succeed();
    await jobs.reaches("failed", 2);
    expect(jobs.job(2)?.remark).toContain("is no verdict");
  });
});

describe("after a restart a job", () => {
  it("that waited begins; one that collected collects again, into a new folder", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await first.step("feedback");
    await first.crash();

    const second = openJobsIn(where);
    expect((await second.step("feedback")).words.at(-1)).toBe(
      second.home.path("jobs", "1", "feedback-2"),
    );
  });

  it("that trained resumes, and waits until the old trainer has left", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await toTraining(first);
    const candidate = join(where.root, "feedback-2026-01-05");
    cutOff(candidate, { checkpoint: true });
    await writeFile(join(candidate, "lock"), String(process.ppid)); // somebody who is alive
    await first.crash();

    const second = openJobsIn(where);
    await second.reaches("training");
    await second.clock.advance(5000);
    expect(second.steps).toEqual([]);
    await rm(join(candidate, "lock"));
    while (second.steps.length === 0) await second.clock.advance(1000);
    expect(second.steps[0]?.words).toContain("feedback-2026-01-05");
  });

  it("that trained begins anew where there was nothing to resume yet", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await toTraining(first);
    const candidate = join(where.root, "feedback-2026-01-05");
    cutOff(candidate, { checkpoint: false });
    await first.crash();

    const second = openJobsIn(where);
    expect((await second.step("finetune")).words).toContain("feedback-2026-01-05");
    expect(existsSync(candidate)).toBe(false);
  });

  it("that was trained meanwhile is judged, and one that was judged is judged again", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await toTraining(first);
    first.trained();
    await first.crash();
    const second = openJobsIn(where);
    await second.step("judge");
    await second.crash();
    const third = openJobsIn(where);
    expect((await third.step("judge")).words).toContain(third.home.path("jobs", "1", "feedback-1"));
  });

  it("that is paused waits to be told", async () => {
    const where = kept();
    const first = openJobsIn(where);
    await first.desk.order(ORDER);
    await first.step("feedback");
    await first.desk.pause(ADA);
    await first.crash();
    const second = openJobsIn(where);
    await second.clock.advance(60_000);
    expect(second.steps).toEqual([]);
    await second.desk.resume(ADA);
    await second.step("feedback");
  });
});
