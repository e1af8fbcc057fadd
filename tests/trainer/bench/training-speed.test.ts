import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { readProfile } from "../../../trainer/bench/operator-profile.ts";
import { measureTraining } from "../../../trainer/bench/training-speed.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { tinyConfig } from "../support/tiny-training.ts";

describe("the training benchmark", () => {
  it("counts what it has done, and profiles it", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.dispose());
    const steps: number[] = [];
    const speed = await measureTraining(runtime, tinyConfig(), {
      steps: 3,
      microRows: 2,
      lanes: 2,
      microBatches: 2,
      optimizer: "muon",
      threads: 2,
      signal: new AbortController().signal,
      profilePrefix: join(temporaryFolder(), "train"),
      onStep: (step) => steps.push(step),
    });
    expect(steps).toEqual([1, 2, 3]);
    expect(speed.stepTokens).toBe(64);
    expect(speed.tokensPerSecond * speed.stepMs).toBeCloseTo(64_000, 3);
    expect(speed.shareOfGemm).toBeCloseTo(speed.gflops / speed.gemmGflops, 12);
    expect(speed.shareOfFullStep).toBeUndefined();

    expect(existsSync(speed.profile!)).toBe(true);
    const { operators, parts } = await readProfile(speed.profile!);
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const gemm = operators.find(({ operator }) => operator === "Gemm");
    expect(gemm?.calls).toBe(10 * (2 * 7 * 3 + 3) + 10 * 5); // runs · (linear layers and head, forward and back; means of the norms)

    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(parts.map(({ part }) => part)).toEqual(
      expect.arrayContaining(["embedding", "norms", "attention", "feed-forward", "head and loss"]),
    );
    for (const { forward, backward, milliseconds } of parts) {
      expect(forward + backward).toBeCloseTo(milliseconds, 6);
    }
    expect(parts.find(({ part }) => part === "feed-forward")?.backward).toBeGreaterThan(0);
  });

  it("times adapters beside full steps", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.dispose());
    const speed = await measureTraining(runtime, tinyConfig(), {
      steps: 2,
      microRows: 2,
      lanes: 1,
      microBatches: 1,
      optimizer: "adamw",
      lora: 2,
      threads: 1,
      signal: new AbortController().signal,
      onStep: () => {},
    });
    expect(speed.shareOfFullStep).toBeGreaterThan(0);
    expect(speed.shareOfFullStep).toBeLessThan(Infinity);
  });
});
