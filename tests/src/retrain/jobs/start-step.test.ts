import { describe, expect, it } from "vitest";

import { systemClock } from "../../../../src/chat/clock.ts";
import type { JobProgress } from "../../../../src/chat/jobs.ts";
import { stepsIn } from "../../../../src/retrain/jobs/start-step.ts";

/** Starts the stand-in for the trainer by way of a stand-in for `lfz`, as the real ones are. */
const script = new URL("../../../support/entries/trainer-starter.js", import.meta.url);

function start(...words: string[]) {
  const leaving = new AbortController();
  const progress: JobProgress[] = [];
  let told: () => void;
  const firstProgress = new Promise<void>((resolve) => (told = resolve));
  const runStep = stepsIn({ home: "the home", clock: systemClock, script });
  const end = runStep(words, {
    signal: leaving.signal,
    onProgress: (state) => {
      progress.push(state);
      told();
    },
  });
  return { end, progress, firstProgress, leave: () => leaving.abort() };
}

describe("a step", () => {
  it("tells how far it is, saves when it is told to end, and yields to the chats all the while", async () => {
    const { end, progress, firstProgress, leave } = start("progress");
    await firstProgress;
    expect(progress).toMatchObject([{ title: "train", fraction: 0.5, text: "half" }]);
    leave();
    const { code, result } = await end;
    expect(code).toBe(130);
    expect(result).toMatchObject({ saved: true, nice: 19, home: "the home" });
    expect((result as { heapMb: number }).heapMb).toBeLessThan(2200);
  });

  it("ends at once where it is told so before it began", async () => {
    const leaving = new AbortController();
    leaving.abort();
    const runStep = stepsIn({ home: "the home", clock: systemClock, script });
    const { code } = await runStep(["wait"], { signal: leaving.signal, onProgress: () => {} });
    expect([130, 143]).toContain(code);
  });

  it.each([
    ["refuse", { code: 2, result: undefined, problem: "no yes" }],
    ["die", { code: 137, result: undefined, problem: "" }],
    ["crash", { code: 1, result: undefined, problem: "Error: a bug" }],
  ])("that ends with %s says why", async (word, expected) => {
    expect(await start(word).end).toEqual(expected);
  });
});
