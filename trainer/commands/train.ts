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
    if (input.resume === undefined) return trainNew(input, context);
    refuseFixed(input);
    return resumeExperiment(input.resume, input, context);
  },
});

/** What a run has been begun with, and goes on with. */
const FIXED = {
  preset: "preset",
  set: "set",
  name: "name",
  seed: "seed",
  loss: "loss",
  freeze: "freeze",
  tokenizer: "tokenizer",
  vocabSize: "vocab-size",
  dryRun: "dry-run",
} as const;

/** @throws HintedError if a flag is given that a run cannot take any more. */
function refuseFixed(input: z.infer<typeof trainFlags>): void {
  const usual = trainFlags.parse({});
  const isUsual = (key: keyof typeof FIXED) =>
    JSON.stringify(input[key]) === JSON.stringify(usual[key]);
  const keys = Object.keys(FIXED) as (keyof typeof FIXED)[]; // they are its keys
  const given = keys.find((key) => !isUsual(key));
  if (given === undefined) return;
  throw new HintedError(
    `--${FIXED[given]} does not go with --resume: the run goes on as it began.`,
    {
      hint: "Leave it out. A budget, --data, --threads, --engine, --device and --tensorboard can be given anew.",
    },
  );
}

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
  const size = await chooseSize({ ...input, ...stated, data, engine }, overrides, budget, context);
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
