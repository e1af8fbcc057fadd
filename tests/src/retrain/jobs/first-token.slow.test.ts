/** What a chat waits for its first token while the model that serves is taught in another process. */

import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { systemClock } from "../../../../src/chat/clock.ts";
import { packageFolder } from "../../../../src/core/package.ts";
import { startEngine } from "../../../../src/generate/start-engine.ts";
import type { Engine } from "../../../../src/generate/types.ts";
import { trainLine } from "../../../../src/retrain/jobs/command-lines.ts";
import { trainingThreads } from "../../../../src/retrain/jobs/open-jobs.ts";
import { originalData } from "../../../../src/retrain/original-data.ts";
import { stepsIn } from "../../../../src/retrain/jobs/start-step.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const STARTER = join(packageFolder, "experiments", "starter");
const REPLIES = 60;

it("is less than 1.5 s", async () => {
  const folder = temporaryFolder();
  const [originals = ""] = await originalData({ named: [], home: folder });
  await copyFile(originals, join(folder, "corrections.jsonl")); // enough for minutes
  const engine = await startEngine(STARTER);
  onTestFinished(() => engine.close());
  await firstTokens(engine, 5); // the first ones find nothing ready
  const alone = await firstTokens(engine, REPLIES);

  const leaving = new AbortController();
  const steps: unknown[] = [];
  const words = trainLine({
    from: STARTER,
    folder,
    method: "sft",
    originals: [originals],
    name: `first-token-${process.pid}`,
    minutes: 10,
    threads: trainingThreads(),
  });
  process.chdir(folder); // the experiment lands here
  const runStep = stepsIn({ home: folder, clock: systemClock });
  const training = runStep(words, {
    signal: leaving.signal,
    onProgress: (progress) => void (progress.title === "train" && steps.push(progress)),
  });
  while (steps.length < 3) await systemClock.sleep(100);
  const beside = await firstTokens(engine, REPLIES);
  leaving.abort();
  const { code, problem } = await training;

  console.log({ firstTokenMs: { alone: summary(alone), besideTraining: summary(beside) } });
  expect({ code, problem }).toMatchObject({ code: 130 });
  expect(existsSync(join(folder, "experiments", `first-token-${process.pid}`))).toBe(true);
  expect(Math.max(...beside)).toBeLessThan(1500);
});

/** Times from the question to the first word, in milliseconds, one reply after the other. */
async function firstTokens(engine: Engine, replies: number): Promise<number[]> {
  const times: number[] = [];
  for (let reply = 0; reply < replies; reply++) {
    const content = `Hello, this is question ${reply}. How are you today, and what can you do for me?`;
    const asked = performance.now();
    let first: number | undefined;
    for await (const _ of engine.generate({
      messages: [{ role: "user", content }],
      maxTokens: 24,
    })) {
      first ??= performance.now() - asked;
    }
    times.push(first ?? Infinity);
  }
  return times;
}

function summary(times: readonly number[]) {
  const sorted = [...times].sort((one, other) => one - other).map(Math.round);
  return { median: sorted[sorted.length >> 1], worst: sorted.at(-1) };
}
