import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readRunRecord } from "../../../src/core/experiment/run-record.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { trainHere, workInTemporaryFolder } from "../support/train-here.ts";

describe("a training that diverges", () => {
  it("is told, leaves no model and says what to try", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const settings = { learningRate: 1e30, warmupSteps: 0 };
    const args = [...tinyTraining(data, "wild", settings), "--steps", "40"];
    const { code, said } = await trainHere(args);
    expect(code).toBe(1);
    expect(said).toContain("back to step 0 with half the learning rate");
    expect(said).toMatch(/error: The training diverged at step \d+: .*\nhint: .*learningRate=/);
    const folder = join("experiments", "wild");
    expect((await readRunRecord(folder)).status).toBe("failed");
    expect(existsSync(join(folder, "model.safetensors"))).toBe(false);
  });
});
