/** `lfz train`: a model from random weights, or the rest of a run that was cut off. */

import { z } from "zod";

import {
  defineCommand,
  type CommandContext,
  type CommandResult,
} from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { requireFreeName } from "../../src/core/experiment/experiments.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import { keepStandardInput } from "../../src/core/files.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import { initialiseWeights } from "../model/initialise.ts";
import { toBudget } from "../train/budget.ts";
import { DEFAULT_ENGINE } from "../train/engine.ts";
import { parseOverrides, refusePreference } from "../train/options.ts";
import { prepareTraining } from "../train/prepare.ts";
import { presetsText } from "../train/preset-sizes.ts";
import { chooseSize } from "./choose-size.ts";
import { stateProvenance } from "./state-provenance.ts";
import { startExperiment } from "./start-experiment.ts";
import { resumeExperiment } from "./resume-experiment.ts";
import { trainingFlags } from "./training-flags.ts";

export const trainFlags = z.strictObject({
  ...trainingFlags,
  preset: z
    .string()
    .optional()
    .describe(`size: ${presetsText()}; else the one that promises most in --minutes`),
  loss: z
    .enum(["all", "replies"])
    .default("all")
    .describe("learn all text and then to reply, or replies only"),
  tokenizer: z.string().optional().describe("folder of a tokenizer; else one is learnt"),
  vocabSize: z.coerce.number().int().optional().describe("of a tokenizer that is learnt"),
  resume: z.string().optional().describe("continue this experiment where it stopped"),
});

export const train = defineCommand({
  name: "train",
  summary: "Train a model from conversations, from random weights",
  usage:
    "--data FILE... [--preset P] [--minutes M] [--name NAME] [--tokenizer DIR] [--resume NAME] [--licence TEXT] [--consent TEXT] [--set KEY=VALUE...]",
  flags: trainFlags,
  examples: [
    "lfz train --data chats.jsonl                        ten minutes",
    "lfz train --data chats.jsonl --preset mini --minutes 60 --name friend",
    "lfz train --data chats.jsonl --dry-run              the plan only",
    "lfz train --resume friend                           after Ctrl-C or a crash",
  ],
  async run(input, context) {
    if (input.resume !== undefined) return resumeExperiment(input.resume, input, context);
    return trainNew(input, context);
  },
});

export async function trainNew(
  input: z.infer<typeof trainFlags>,
  context: CommandContext,
): Promise<CommandResult> {
  const { data, threads, engine = DEFAULT_ENGINE, loss, seed, name, tokenizer } = input;
  const { tensorboard, dryRun } = input;
  if (!data) {
    throw new HintedError("lfz train needs conversations.", {
      hint: "Name them with --data FILE..., or continue a run with --resume NAME.",
    });
  }
  if (name !== undefined) requireFreeName(EXPERIMENTS_ROOT, name);
  const overrides = parseOverrides(input.set);
  refusePreference(overrides);
  const budget = toBudget(input);
  if (data.includes("-")) await keepStandardInput(context.signal); // it is read more than once
  const stated = await stateProvenance(data, input, context);
  const size = await chooseSize({ ...input, data, engine }, overrides, budget, context);
  const runtime = await openRuntime({ device: input.device });
  const prepared = await prepareTraining(
    runtime,
    { data, threads, ...stated },
    { ...size, overrides, tokenizer },
    { budget, loss, freeze: input.freeze, lora: null, engine, preference: null, replayShare: null },
    context,
  );
  return startExperiment(
    runtime,
    prepared,
    {
      name,
      preset: size.preset,
      flags: { ...input, ...size, ...stated },
      seed,
      threads,
      tensorboard,
      dryRun,
      async initialise(weights) {
        initialiseWeights(weights, prepared.config, new Random(seed));
      },
    },
    context,
  );
}
