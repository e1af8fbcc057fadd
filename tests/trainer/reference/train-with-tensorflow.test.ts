/** `--engine tfjs` from the command to the folder on disk. */

import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openModelFolder } from "../../../src/core/experiment/folder.ts";
import { readMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { trainHere, workInTemporaryFolder } from "../support/train-here.ts";

async function lossesOf(name: string): Promise<number[]> {
  const lines = await readMetricsLog(join("experiments", name, "metrics.jsonl"));
  return lines.flatMap((line) => (line.type === "train" ? [line.loss] : []));
}

describe("lfz train --engine tfjs", () => {
  it("trains, exports and resumes, and the default engine can take over", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const small = { context: 16, stepTokens: 32, microTokens: 16, evaluations: 1 };
    const words = (name: string, ...more: string[]) => [
      ...tinyTraining(data, name, small),
      "--steps",
      "3",
      ...more,
    ];
    const whole = await trainHere(words("whole", "--engine", "tfjs"));
    expect(whole.code, whole.said).toBe(0);
    expect(whole.said).toContain("engine      TensorFlow.js");
    expect(whole.said).toContain("some hundred times slower than --engine onnxruntime");
    expect((await readRunRecord("experiments/whole")).training.engine).toBe("tfjs");
    expect((await openModelFolder("experiments/whole")).config.width).toBe(32);

    const ours = await trainHere(words("ours"));
    expect(ours.code, ours.said).toBe(0);
    expect((await readRunRecord("experiments/ours")).training.engine).toBe("onnxruntime");
    const truth = await lossesOf("whole");
    expect(truth).toHaveLength(3);
    (await lossesOf("ours")).forEach((loss, i) => expect(loss / truth[i]).toBeCloseTo(1, 4));

    for (const [name, ...engine] of [["again"], ["other", "--engine", "onnxruntime"]]) {
      const cut = words(name, "--engine", "tfjs", "--set", "evaluations=3");
      const first = await trainHere(cut, { interruptAt: "step 1: validation" });
      expect(first.code, first.said).toBe(130);
      const rest = await trainHere(["train", "--resume", name, ...engine]);
      expect(rest.code, rest.said).toBe(0);
      const { training } = await readRunRecord(join("experiments", name));
      expect(training.engine).toBe(engine[1] ?? "tfjs");
      const losses = await lossesOf(name);
      expect(losses).toHaveLength(3);
      losses.forEach((loss, i) => expect(loss / truth[i]).toBeCloseTo(1, 4));
    }
  }, 120_000);
});
