/** `lfz finetune`: teaches a trained model more conversations; by default only its replies count. */

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder, type ModelFolder } from "../../src/core/experiment/folder.ts";
import { readSafetensors } from "../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import { requireFreeName } from "../../src/core/experiment/experiments.ts";
import { EXPERIMENTS_ROOT, experimentPaths } from "../../src/core/experiment/paths.ts";
import type { Weights } from "../../src/core/model/parameters.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import { initialiseAdapters } from "../model/adapters.ts";
import { movementOf, movementText, type Movement } from "../eval/movement.ts";
import { readWeightsFile } from "../export/weights-file.ts";
import { ownWeights } from "../model/parameter-store.ts";
import { LORA_TARGETS } from "../model/trained-part.ts";
import { toBudget } from "../train/budget.ts";
import { DEFAULT_ENGINE } from "../train/engine.ts";
import { defaultLearningRate, parseOverrides } from "../train/options.ts";
import { prepareWith } from "../train/prepare.ts";
import { weightsPathOf } from "./model-weights.ts";
import { stateProvenance } from "./state-provenance.ts";
import { startExperiment } from "./start-experiment.ts";
import { trainingFlags } from "./training-flags.ts";

/** Trained weights need gentler steps than new ones; adapters are new. */
const RATE_SHARE = 1 / 3;

export const finetune = defineCommand({
  name: "finetune",
  summary: "Teach a trained model more conversations",
  usage:
    "--from DIR --data FILE... [--lora R] [--minutes M] [--name NAME] [--licence TEXT] [--consent TEXT] [--set KEY=VALUE...]",
  flags: z.strictObject({
    ...trainingFlags,
    from: z.string().describe("experiment folder of the model to begin with"),
    loss: z.enum(["all", "replies"]).default("replies").describe("what counts"),
    lora: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .describe("train adapters of this rank in place of the weights, merged at the end"),
    loraTargets: z
      .array(z.string())
      .default([...LORA_TARGETS])
      .describe("matrices to adapt, by parts of their names: q_proj, mlp, layers.5"),
  }),
  examples: [
    "lfz finetune --from experiments/friend --data corrections.jsonl --epochs 3",
    "lfz finetune --from experiments/friend --data corrections.jsonl --lora 8",
  ],
  async run(input, context) {
    const { data, threads, engine = DEFAULT_ENGINE, from, loss, seed, name } = input;
    const { tensorboard, dryRun } = input;
    if (!data) {
      throw new HintedError("lfz finetune needs conversations.", {
        hint: "Name them with --data FILE...",
      });
    }
    if (name !== undefined) requireFreeName(EXPERIMENTS_ROOT, name);
    const given = parseOverrides(input.set);
    if (Object.keys(given.model).length > 0) {
      throw new HintedError(
        `--set ${Object.keys(given.model)[0]}: the shape of a trained model is fixed.`,
        {
          hint: "Leave it out, or train a new model with `lfz train`.",
        },
      );
    }
    const budget = toBudget(input);
    const lora = input.lora ? { rank: input.lora, targets: input.loraTargets } : null;
    const base = await openModelFolder(from);
    const weightsPath = weightsPathOf(base, "to begin with");
    const overrides = {
      model: {},
      training: {
        learningRate: defaultLearningRate(base.config.width) * (lora ? 1 : RATE_SHARE),
        ...given.training,
      },
    };
    const stated = await stateProvenance(data, input, context);
    const runtime = await openRuntime({ device: input.device });
    const prepared = await prepareWith(
      runtime,
      { data, threads, ...stated },
      base,
      overrides,
      { budget, loss, freeze: input.freeze, lora, engine },
      context,
    );
    const result = await startExperiment(
      runtime,
      prepared,
      {
        name,
        preset: base.name,
        flags: { ...input, ...stated },
        seed,
        threads,
        tensorboard,
        dryRun,
        base: { name: base.name, sha256: await sha256OfFile(weightsPath) },
        async initialise(weights, part) {
          await readWeightsFile(weightsPath, base.config, ownWeights(base.config, weights));
          initialiseAdapters(weights, part, new Random(seed));
        },
      },
      context,
    );
    if (result.ending === "interrupted" || dryRun) return result;
    const moved = await movementSince(base, String(result.folder));
    context.console.print(movementText(moved));
    return { ...result, moved };
  },
});

/** The new folder's weights against the base's. */
async function movementSince(base: ModelFolder, folder: string): Promise<Movement[]> {
  return movementOf(
    await readWeights(weightsPathOf(base, "to begin with")),
    await readWeights(experimentPaths(folder).weights),
  );
}

async function readWeights(path: string): Promise<Weights> {
  const tensors = await readSafetensors(path);
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}
