/** `lfz finetune`: teaches a trained model more conversations; by default only its replies count. */

import { z } from "zod";

import { parseConversation } from "../../src/core/chat/conversation.ts";
import { defineCommand } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { openModelFolder, type ModelFolder } from "../../src/core/experiment/folder.ts";
import { readSafetensors } from "../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import { parsePreference } from "../../src/core/feedback/preference.ts";
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
import { toPreference, type Preference } from "../preference/settings.ts";
import { toBudget, type Budget } from "../train/budget.ts";
import { DEFAULT_ENGINE, USUAL_BETAS } from "../train/engine.ts";
import {
  defaultLearningRate,
  parseOverrides,
  refusePreference,
  STEP_TOKENS,
  type Overrides,
  type TrainingOptions,
} from "../train/options.ts";
import { toReplayShare } from "../train/open-replay.ts";
import { prepareWith } from "../train/prepare.ts";
import { weightsPathOf } from "./model-weights.ts";
import { stateProvenance } from "./state-provenance.ts";
import { startExperiment } from "./start-experiment.ts";
import { trainingFlags } from "./training-flags.ts";

/** Trained weights need gentler steps than new ones; adapters are new. */
const RATE_SHARE = 1 / 3;

/**
 * Steps that look at fewer tokens go less far, in proportion (Goyal et al.,
 * "Accurate, Large Minibatch SGD", 2017, section 2.1): with longer ones the
 * model forgets more of what it knew and learns no more (experiments/LOG.md).
 */
const rateShareOf = (stepTokens: number): number =>
  RATE_SHARE * Math.min(1, stepTokens / STEP_TOKENS);

/** A preference is learnt from far fewer tokens than say what it is about. */
const PREFERENCE_SHARE = 1 / 10;

/** A few hundred corrections are seen so often, and have an end; whatever is more gets a few minutes. */
const USUAL_BUDGET: Budget = { epochs: 10, minutes: 4 };
/** What the shares above were measured with; larger steps of the embedding were not tried. */
const AS_MEASURED: Partial<TrainingOptions> = {
  schedule: "cosine",
  embeddingRate: 1,
  embeddingBetas: [...USUAL_BETAS],
};
/** What is new is little: with the steps of `train` an epoch of it would be one or two. */
const SMALL_STEPS = { stepTokens: 1024, warmupSteps: 10 };

const finetuneFlags = z.strictObject({
  ...trainingFlags,
  from: z.string().describe("experiment folder of the model to begin with"),
  method: z
    .enum(["sft", "dpo", "kto"])
    .default("sft")
    .describe("learn from conversations, from pairs of replies, or from good and bad ones"),
  loss: z.enum(["all", "replies"]).default("replies").describe("what counts"),
  replay: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("conversations that it has learnt before, a part of which is repeated"),
  replayShare: z.coerce
    .number()
    .optional()
    .describe("how much of what is learnt is repeated, 0.1 or more; 0.8 or more if left out"),
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
});

type FinetuneFlags = z.infer<typeof finetuneFlags>;

export const finetune = defineCommand({
  name: "finetune",
  summary: "Teach a trained model more conversations",
  usage:
    "--from DIR --data FILE... [--replay FILE...] [--method sft|dpo|kto] [--lora R] [--minutes M] [--name NAME] [--licence TEXT] [--consent TEXT] [--set KEY=VALUE...]",
  flags: finetuneFlags,
  examples: [
    "lfz finetune --from experiments/friend --data corrections.jsonl --epochs 3",
    "lfz finetune --from experiments/mine --data taught.jsonl --replay chats.jsonl",
    "lfz finetune --from experiments/friend --data corrections.jsonl --lora 8",
    "lfz finetune --from experiments/friend --data pairs.jsonl --method dpo",
    "lfz finetune --from experiments/friend --data thumbs.jsonl --method kto",
  ],
  async run(input, context) {
    const { data, threads, engine = DEFAULT_ENGINE, from, loss, seed, name } = input;
    const { replay, tensorboard, dryRun } = input;
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
    const preference = preferenceOf(input, given);
    const replayShare = toReplayShare(replay, input.replayShare);
    const budget = toBudget(input, USUAL_BUDGET);
    const lora = input.lora ? { rank: input.lora, targets: input.loraTargets } : null;
    const base = await openModelFolder(from);
    const weightsPath = weightsPathOf(base, "to begin with");
    const overrides = { ...given, training: settingsOf(base, given, { lora, preference }) };
    const parse = preference ? parsePreference : parseConversation;
    const ofData = await stateProvenance(data, input, context, parse);
    const stated = await stateProvenance(replay ?? [], ofData, context);
    const runtime = await openRuntime({ device: input.device });
    const prepared = await prepareWith(
      runtime,
      { data, replay, threads, ...stated },
      base,
      overrides,
      { budget, loss, freeze: input.freeze, lora, engine, preference, replayShare },
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

/** What is left out of the settings, for this model and this way to learn. */
function settingsOf(
  { config }: ModelFolder,
  { training }: Overrides,
  { lora, preference }: { readonly lora: object | null; readonly preference: Preference | null },
): Overrides["training"] {
  const steps = preference ? {} : SMALL_STEPS;
  const { stepTokens = STEP_TOKENS } = { ...steps, ...training };
  const learningRate =
    defaultLearningRate(config.width) *
    (lora ? 1 : rateShareOf(stepTokens)) *
    (preference ? PREFERENCE_SHARE : 1);
  return { ...AS_MEASURED, learningRate, ...steps, ...training };
}

/** @throws HintedError if the flags contradict the method */
function preferenceOf(
  { method, loss, replay }: Pick<FinetuneFlags, "method" | "loss" | "replay">,
  given: Overrides,
): Preference | null {
  if (method === "sft") {
    refusePreference(given);
    return null;
  }
  if (method === "dpo" && replay) {
    throw new HintedError("--replay does not go with --method dpo: originals are no pairs.", {
      hint: "Leave it out and set a limit with --set klLimit=0.1, or take --method kto, where originals count as good replies.",
    });
  }
  const refused = refusedWithPreference(method, loss, given);
  if (refused === undefined) return toPreference(method, given.preference);
  throw new HintedError(`${refused} does not go with --method ${method}.`, {
    hint: "Leave it out: DPO and KTO compare whole replies; only KTO weighs good and bad ones.",
  });
}

function refusedWithPreference(
  method: "dpo" | "kto",
  loss: string,
  { training, preference }: Overrides,
): string | undefined {
  if (loss === "all") return "--loss all";
  if (training.packing === "padded") return "--set packing=padded";
  if (training.replyStretch !== undefined) return "--set replyStretch";
  const isWeighted =
    preference.desirableWeight !== undefined || preference.undesirableWeight !== undefined;
  if (method === "dpo" && isWeighted) return "--set desirableWeight or undesirableWeight";
  return undefined;
}

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
