import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import { allocateBlock, parameterLayout } from "../../../trainer/model/parameter-store.ts";
import {
  Checkpoints,
  type LoopState,
  type TrainedBlocks,
} from "../../../trainer/train/checkpoint.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { fillWithChance, tinyConfig } from "../support/tiny-training.ts";

const config = tinyConfig({ layers: 1 });

async function tinyBlocks(seed: number): Promise<TrainedBlocks> {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const random = new Random(seed);
  const block = () => {
    const made = allocateBlock(runtime, parameterLayout(config));
    fillWithChance(made, random);
    return made;
  };
  return { weights: block(), firstMoment: block(), secondMoment: block() };
}

const numbersOf = (blocks: TrainedBlocks) =>
  [blocks.weights, blocks.firstMoment, blocks.secondMoment].map(({ memory }) =>
    Array.from(memory.data),
  );

function stateOf(step: number): LoopState {
  return {
    step,
    tokens: step * 64,
    seconds: step / 3,
    cursor: { epoch: 1, window: 0, row: step },
    loss: "all",
    evaluations: 2,
    best: { step: 1, loss: 3.25 },
    waited: 1,
    isTooFar: false,
    smoothLoss: 3.5,
    lowestLoss: 3.4,
    rateFactor: 0.5,
    rollbacks: 1,
  };
}

/** Three checkpoints in a folder, of other numbers each. */
async function threeCheckpoints() {
  const folder = temporaryFolder();
  const checkpoints = await Checkpoints.open(folder);
  const saved: number[][][] = [];
  for (const step of [1, 2, 3]) {
    const blocks = await tinyBlocks(step);
    await checkpoints.save(stateOf(step), blocks);
    saved.push(numbersOf(blocks));
  }
  const pathOf = (step: number) => join(folder, `step-0000000${step}.safetensors`);
  return { folder, saved, pathOf };
}

describe("checkpoints", () => {
  it("give back every number and the state of the loop", async () => {
    const { folder, saved } = await threeCheckpoints();
    const blocks = await tinyBlocks(99);
    const checkpoints = await Checkpoints.open(folder);
    expect(checkpoints.newestStep).toBe(3);
    expect(await checkpoints.restore(blocks)).toEqual(stateOf(3));
    expect(numbersOf(blocks)).toEqual(saved[2]);
  });

  it("keep the last two and nothing else", async () => {
    const { folder } = await threeCheckpoints();
    expect(readdirSync(folder).sort()).toEqual([
      "index.json",
      "step-00000002.safetensors",
      "step-00000003.safetensors",
    ]);
  });

  it("are none in a folder that is new", async () => {
    const folder = join(temporaryFolder(), "deep", "checkpoint");
    const checkpoints = await Checkpoints.open(folder);
    const blocks = await tinyBlocks(1);
    expect(checkpoints.newestStep).toBeUndefined();
    expect(await checkpoints.restore(blocks)).toBeUndefined();
    expect(await checkpoints.restoreBest(blocks.weights)).toBe(false);
  });

  it.each([
    ["torn", (path: string) => truncateSync(path, 1000)],
    ["longer than it was", (path: string) => appendFileSync(path, "x")],
    ["altered in one byte", flipLastByte],
    ["gone", (path: string) => rmSync(path)],
  ])("fall back to the one before if the newest is %s", async (_, damage) => {
    const { folder, saved, pathOf } = await threeCheckpoints();
    damage(pathOf(3));
    const blocks = await tinyBlocks(99);
    expect(await (await Checkpoints.open(folder)).restore(blocks)).toEqual(stateOf(2));
    expect(numbersOf(blocks)).toEqual(saved[1]);
  });

  it("are refused if all of them are damaged, and nothing is read", async () => {
    const { folder, pathOf } = await threeCheckpoints();
    flipLastByte(pathOf(2));
    flipLastByte(pathOf(3));
    const blocks = await tinyBlocks(99);
    const before = numbersOf(blocks);
    await expect((await Checkpoints.open(folder)).restore(blocks)).rejects.toThrow(
      `All checkpoints in ${folder} are damaged.`,
    );
    expect(numbersOf(blocks)).toEqual(before);
  });

  it.each(["", "{", '{"newest": 3}'])("refuse an index like %j", async (text) => {
    const { folder } = await threeCheckpoints();
    writeFileSync(join(folder, "index.json"), text);
    await expect(Checkpoints.open(folder)).rejects.toThrow("index.json is damaged");
  });

  it("do not count a file that the index does not name yet: the index comes last", async () => {
    const { folder, saved } = await threeCheckpoints();
    // As a crash leaves it between the file and the index.
    writeFileSync(join(folder, "step-00000004.safetensors"), "half a checkpoint");
    writeFileSync(join(folder, "step-00000005.safetensors.1a2b3c4d.tmp"), "torn");
    const checkpoints = await Checkpoints.open(folder);
    const blocks = await tinyBlocks(99);
    expect(await checkpoints.restore(blocks)).toEqual(stateOf(3));
    expect(numbersOf(blocks)).toEqual(saved[2]);

    await checkpoints.save(stateOf(6), blocks); // which also clears away what is left over
    expect(readdirSync(folder).sort()).toEqual([
      "index.json",
      "step-00000003.safetensors",
      "step-00000006.safetensors",
    ]);
  });
});

describe("the best weights", () => {
  it("are kept beside the newest checkpoints and replaced by better ones", async () => {
    const { folder } = await threeCheckpoints();
    const checkpoints = await Checkpoints.open(folder);
    await checkpoints.saveBest(1, (await tinyBlocks(7)).weights);
    const better = (await tinyBlocks(8)).weights;
    await checkpoints.saveBest(2, better);
    await checkpoints.save(stateOf(9), await tinyBlocks(9));

    const { weights } = await tinyBlocks(99);
    expect(await (await Checkpoints.open(folder)).restoreBest(weights)).toBe(true);
    expect(weights.memory.data).toEqual(better.memory.data);
    expect(existsSync(join(folder, "best-00000001.safetensors"))).toBe(false);
  });

  it("are refused if they are damaged", async () => {
    const folder = temporaryFolder();
    const checkpoints = await Checkpoints.open(folder);
    const { weights } = await tinyBlocks(1);
    await checkpoints.saveBest(4, weights);
    const path = join(folder, "best-00000004.safetensors");
    flipLastByte(path);
    await expect(checkpoints.restoreBest(weights)).rejects.toThrow(`${path} is damaged`);
  });
});

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
}
