/** Fine-tuning with adapters and with frozen weights, from the command to the file on disk. */

import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readSafetensors } from "../../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { finetune } from "../../../trainer/commands/finetune.ts";
import { movementOf } from "../../../trainer/eval/movement.ts";
import { matchesName } from "../../../trainer/model/trained-part.ts";
import { runHere, trainHere, workInTemporaryFolder } from "../support/train-here.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";

async function weightsOf(name: string) {
  const tensors = await readSafetensors(weightsIn(name));
  return new Map([...tensors].map(([tensor, { data }]) => [tensor, data]));
}

const weightsIn = (name: string) => join("experiments", name, "model.safetensors");

describe("lfz finetune", () => {
  it("moves what it is to move, and nothing else by a bit", async () => {
    const data = writeTinyCorpus(workInTemporaryFolder());
    const base = await trainHere([...tinyTraining(data, "base"), "--steps", "6"]);
    expect(base.code, base.said).toBe(0);

    const words = ["--from", "experiments/base", "--data", data, "--threads", "1", "--steps", "6"];
    const small = [...words, "--set", "stepTokens=128", "--set", "evaluations=2"];
    const tune = (name: string, more: string[], interruptAt?: string) =>
      runHere(finetune, [...small, "--name", name, ...more], { interruptAt });
    const moved = async (name: string) => {
      return movementOf(await weightsOf("base"), await weightsOf(name)).filter(
        ({ change }) => change > 0,
      );
    };

    const lora = await tune("lora", ["--lora", "2", "--lora-targets", "v_proj", "mlp"]);
    expect(lora.code, lora.said).toBe(0);
    expect(lora.said).toContain("moved 4 of 11 weights");
    const names = (await moved("lora")).map(({ name }) => name);
    expect(names).toHaveLength(4);
    expect(names.every((name) => matchesName(name, "v_proj") || matchesName(name, "mlp"))).toBe(
      true,
    );

    const frozen = await tune("frozen", ["--freeze", "embed_tokens", "layers"]);
    expect(frozen.code, frozen.said).toBe(0);
    expect((await moved("frozen")).map(({ name }) => name)).toEqual(["model.norm.weight"]);

    const cut = await tune(
      "cut",
      ["--lora", "2", "--lora-targets", "v_proj", "mlp"],
      "step 3: validation",
    );
    expect(cut.code, cut.said).toBe(130);
    expect((await trainHere(["train", "--resume", "cut"])).code).toBe(0);
    expect(await sha256OfFile(weightsIn("cut"))).toBe(await sha256OfFile(weightsIn("lora")));

    const contrary = await tune("contrary", ["--lora", "2", "--freeze", "layers.0"]);
    expect(contrary.code).toBe(2);
    expect(contrary.said).toContain("which --lora is to adapt.");
  });
});
