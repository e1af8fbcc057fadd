/** Two runs that began alike, and the one model that is their mean. */

import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { openModelFolder } from "../../../src/core/experiment/folder.ts";
import { readSafetensors } from "../../../src/core/experiment/safetensors.ts";
import { experimentsAverage } from "../../../trainer/commands/experiments-average.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { runHere, trainHere, workInTemporaryFolder } from "../support/train-here.ts";

const RIGHTS = ["--licence", "MIT", "--consent", "mine"];

/** A base and a run on top of it for each seed. */
async function fineTuned(...seeds: number[]): Promise<string> {
  const data = writeTinyCorpus(workInTemporaryFolder(), 40);
  const base = await trainHere([...tinyTraining(data, "base"), "--steps", "3"]);
  expect(base.code, base.said).toBe(0);
  for (const seed of seeds) {
    const words = [
      "--from",
      "experiments/base",
      "--data",
      data,
      "--name",
      `run-${seed}`,
      ...RIGHTS,
    ];
    const { code, said } = await runHere(finetune, [...words, "--seed", `${seed}`, "--steps", "3"]);
    expect(code, said).toBe(0);
  }
  return data;
}

const average = (...words: string[]) => runHere(experimentsAverage, words);

async function weightsOf(name: string) {
  return readSafetensors(`experiments/${name}/model.safetensors`);
}

describe("lfz experiments average", () => {
  it("makes a model whose weights are the mean, judged and told like any other", async () => {
    await fineTuned(1, 2);
    const { code, said } = await average("run-1", "run-2", "--name", "mean");
    expect(code, said).toBe(0);

    const [first, second, mean] = [
      await weightsOf("run-1"),
      await weightsOf("run-2"),
      await weightsOf("mean"),
    ];
    const name = "model.layers.0.mlp.up_proj.weight";
    const middle = first.get(name)!.data.map((value, i) => (value + second.get(name)!.data[i]) / 2);
    expect(first.get(name)).not.toEqual(second.get(name));
    mean.get(name)!.data.forEach((value, i) => expect(value).toBeCloseTo(middle[i], 6));

    const { run } = await openModelFolder("experiments/mean");
    expect(run.averaged?.map(({ name: from, seed }) => [from, seed])).toEqual([
      ["run-1", 1],
      ["run-2", 2],
    ]);
    expect(run.results.test?.bitsPerByte).toBeGreaterThan(0);
    expect(readFileSync("experiments/mean/README.md", "utf8")).toContain("the mean of 2 runs");
    expect(existsSync("experiments/mean/report.html")).toBe(true);
    expect(existsSync("experiments/mean/samples.md")).toBe(true);
  });

  it("refuses what did not begin alike, before it makes anything", async () => {
    const data = await fineTuned(1);
    const other = await trainHere([...tinyTraining(data, "other"), "--steps", "2"]);
    expect(other.code, other.said).toBe(0);

    const { code, said } = await average("run-1", "other", "--name", "mean");
    expect(code).toBe(2);
    expect(said).toContain(
      "other cannot be averaged with run-1: it began with weights of its own, at random.",
    );
    expect(existsSync("experiments/mean")).toBe(false);
  });
});
