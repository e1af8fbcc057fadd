/** `lfz finetune`: teaches a trained model more conversations; by default only its replies count. */

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder } from "../../src/core/experiment/folder.ts";
import { readSafetensorsInto } from "../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import { requireFreeName } from "../../src/core/experiment/experiments.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { toBudget } from "../train/budget.ts";
import { defaultLearningRate, parseOverrides } from "../train/options.ts";
import { prepareWith } from "../train/prepare.ts";
import { weightsPathOf } from "./model-weights.ts";
import { startExperiment } from "./start-experiment.ts";
import { trainingFlags } from "./training-flags.ts";

/** A trained model needs gentler steps than a new one. */
const RATE_SHARE = 1 / 3;

export const finetune = defineCommand({
  name: "finetune",
  summary: "Teach a trained model more conversations",
  usage:
    "--from DIR --data FILE... [--minutes M] [--name NAME] [--licence TEXT] [--consent TEXT] [--set KEY=VALUE...]",
  flags: z.strictObject({
    ...trainingFlags,
    from: z.string().describe("experiment folder of the model to begin with"),
    loss: z.enum(["all", "replies"]).default("replies").describe("what counts"),
  }),
  examples: ["lfz finetune --from experiments/friend --data corrections.jsonl --epochs 3"],
  async run(input, context) {
    const { data, licence, consent, threads, from, loss, seed, name, dryRun } = input;
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
    const base = await openModelFolder(from);
    const weightsPath = weightsPathOf(base, "to begin with");
    const overrides = {
      model: {},
      training: {
        learningRate: defaultLearningRate(base.config.width) * RATE_SHARE,
        ...given.training,
      },
    };
    const runtime = await openRuntime();
    const prepared = await prepareWith(
      runtime,
      { data, licence, consent, threads },
      base,
      overrides,
      { budget, loss },
      context,
    );
    return startExperiment(
      runtime,
      prepared,
      {
        name,
        preset: base.name,
        flags: input,
        seed,
        threads,
        dryRun,
        base: { name: base.name, sha256: await sha256OfFile(weightsPath) },
        async initialise({ weights }) {
          await readSafetensorsInto(weightsPath, weights.values);
        },
      },
      context,
    );
  },
});
