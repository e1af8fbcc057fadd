/** What a run that was cut off does not take, and what it is left as by a command that is refused. */

import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { exportCommand } from "../../../trainer/commands/export.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { runHere, trainHere, workInTemporaryFolder } from "../support/train-here.ts";

const recordOf = (name: string) => readFileSync(`experiments/${name}/run.json`, "utf8");

/** "cut", stopped at its sixth step. */
async function cutOff() {
  const data = writeTinyCorpus(workInTemporaryFolder());
  const words = [...tinyTraining(data, "cut"), "--steps", "18"];
  const { code, said } = await trainHere(words, { interruptAt: "step 6: validation" });
  expect(code, said).toBe(130);
}

describe("a run that was cut off", () => {
  it("goes on as it began, whatever is said", async () => {
    await cutOff();
    const before = recordOf("cut");
    const flags = [
      ["--set", "learningRate=0.5"],
      ["--seed", "99"],
      ["--name", "other"],
      ["--preset", "mini"],
      ["--loss", "replies"],
      ["--dry-run"],
    ];
    for (const flag of flags) {
      const { code, said } = await trainHere(["train", "--resume", "cut", ...flag]);
      expect(code, said).toBe(2);
      expect(said).toContain(`${flag[0]} does not go with --resume`);
    }
    expect(recordOf("cut")).toBe(before);
  });

  it("is left as it is by whoever comes while another process writes it", async () => {
    await cutOff();
    const before = recordOf("cut");
    writeFileSync("experiments/cut/lock", String(process.ppid));
    const resumed = await trainHere(["train", "--resume", "cut", "--steps", "5"]);
    const exported = await runHere(exportCommand, ["experiments/cut"]);
    for (const { code, said } of [resumed, exported]) {
      expect(code).not.toBe(0);
      expect(said).toContain(`Process ${process.ppid} is writing into`);
    }
    expect(recordOf("cut")).toBe(before);
  });
});

describe("a step", () => {
  it("is of whole rows, and the plan says so", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const words = tinyTraining(data, "whole", { stepTokens: 50, microTokens: 50 });
    const { code, said } = await trainHere([...words, "--steps", "2", "--dry-run"]);
    expect(code, said).toBe(0);
    expect(said).toContain("64 tokens a step"); // two rows of 32
  });
});
