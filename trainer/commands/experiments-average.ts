/** `lfz experiments average`: one model of several runs that began alike. */

import { z } from "zod";

import { defineCommand, type CommandContext } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { createExperiment, requireExperiment } from "../../src/core/experiment/experiments.ts";
import { openModelFolder, type ModelFolder } from "../../src/core/experiment/folder.ts";
import { joinPeople } from "../../src/core/experiment/lineage.ts";
import { openMetricsLog, readMetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { readOrigin } from "../../src/core/experiment/origin.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { openRuntime, type Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Loss } from "../data/spans.ts";
import { Evaluator } from "../eval/evaluator.ts";
import { sampleReplies } from "../eval/sample-replies.ts";
import { appendSamples } from "../eval/samples.ts";
import { progressOf } from "../eval/tables.ts";
import { readWeightsFile } from "../export/weights-file.ts";
import { averageWeights } from "../model/average-weights.ts";
import { allocateBlock, parameterLayout, type ParameterBlock } from "../model/parameter-store.ts";
import { beginFolder } from "../train/experiment.ts";
import { finishRun, type FinishedModel } from "../train/finish-run.ts";
import { describeData, isDataOf } from "../train/describe-data.ts";
import { openData, openReplay } from "../train/prepare.ts";
import { settingsOf } from "../train/run-settings.ts";
import { likelihoodTask } from "../train/task.ts";
import { experimentsFlags } from "./experiments-flags.ts";
import { weightsPathOf } from "./model-weights.ts";
import { report } from "./start-experiment.ts";

export const experimentsAverage = defineCommand({
  name: "experiments average",
  summary: "Make one model of runs that began alike: their mean",
  usage: "NAME NAME... --name NEW [--root DIR]",
  flags: experimentsFlags.extend({ name: z.string().describe("of the new experiment") }),
  positionals: { name: "NAME", min: 2, max: Infinity },
  examples: ["lfz experiments average friend-1 friend-2 friend-3 --name friend"],
  async run({ root, name, positionals }, context) {
    const folders = await Promise.all(positionals.map((one) => requireExperiment(root, one)));
    const models = await Promise.all(folders.map((folder) => openModelFolder(folder)));
    requireAlike(models);
    const [{ run: first, config, tokenizer }] = models;
    const { flags, settings } = settingsOf(first);
    const shards = await openData(flags, tokenizer, context);
    const replay = await openReplay(flags, settings, { tokenizer, shards }, context);
    requireSameData(first, await describeData(flags, shards, replay));
    const runtime = await openRuntime();
    const weights = await meanOf(runtime, models);

    const folder = await createExperiment(root, name);
    const record = await recordOf(name, models);
    const mean = { folder, record, config, tokenizer, shards, weights, end: await spentOn(models) };
    const people = joinPeople([shards.people, ...(replay ? [replay.people] : [])]);
    await beginFolder({ ...mean, people });
    const { step, ...spent } = mean.end;
    const samples = await sampleReplies(runtime, config, weights, tokenizer);
    await appendSamples(experimentPaths(folder).samples, { step, samples });
    const { results } = await finish(runtime, mean, context);
    return report({ name, folder, ending: "budget", steps: step, ...spent, ...results }, context);
  },
});

/** The new experiment, before it is judged. */
type Mean = Pick<
  FinishedModel,
  "folder" | "record" | "tokenizer" | "shards" | "weights" | "end"
> & { readonly config: ModelConfig };

async function finish(runtime: Runtime, mean: Mean, context: CommandContext): Promise<RunRecord> {
  const { settings } = settingsOf(mean.record);
  const { microTokens, storage, packing } = settings;
  const evaluator = await Evaluator.open(runtime, { ...mean, microTokens });
  const metrics = await openMetricsLog(experimentPaths(mean.folder).metrics, { afterStep: 0 });
  const loss: Loss = settings.loss === "all" && settings.replyStretch === 0 ? "all" : "replies";
  const options = { ...evaluator.shape, seed: mean.record.seed, packing };
  const task = likelihoodTask(mean.shards, evaluator, options);
  try {
    const model = { ...mean, storage, loss, metrics, task, answers: true };
    return await finishRun(runtime, model, context);
  } finally {
    await metrics.close();
    evaluator.release();
  }
}

async function meanOf(runtime: Runtime, models: readonly ModelFolder[]): Promise<ParameterBlock> {
  const layout = parameterLayout(models[0].config);
  const read = async (model: ModelFolder) => {
    const { values } = allocateBlock(runtime, layout);
    await readWeightsFile(weightsPathOf(model, "to average"), model.config, values);
    return values;
  };
  const mean = allocateBlock(runtime, layout);
  averageWeights(await Promise.all(models.map(read)), mean.values);
  return mean;
}

/** The first one's record, but for what is true of the mean alone. */
async function recordOf(name: string, models: readonly ModelFolder[]): Promise<RunRecord> {
  return {
    ...models[0].run,
    name,
    created: new Date().toISOString(),
    finished: null,
    status: "running",
    averaged: models.map(({ run }) => ({
      name: run.name,
      seed: run.seed,
      sha256: run.files["model.safetensors"].sha256,
    })),
    ...(await readOrigin()),
    results: {},
    parity: {},
    files: {},
  };
}

/** Of all runs together. */
async function spentOn(models: readonly ModelFolder[]) {
  const logs = await Promise.all(
    models.map(({ folder }) => readMetricsLog(experimentPaths(folder).metrics)),
  );
  const all = logs.map(progressOf);
  const sum = (key: "steps" | "tokens" | "seconds") =>
    all.reduce((total, one) => total + one[key], 0);
  return { step: sum("steps"), tokens: sum("tokens"), seconds: sum("seconds") };
}

/** @throws HintedError naming the run whose weights cannot be averaged with the first one's. */
function requireAlike(models: readonly ModelFolder[]): void {
  const [{ run: first }] = models;
  for (const { run } of models) {
    const difference = differenceOf(first, run);
    if (difference === undefined) continue;
    throw new HintedError(`${run.name} cannot be averaged with ${first.name}: ${difference}.`, {
      hint: "Average runs of `lfz finetune` from the same model on the same data, each with its own --seed.",
    });
  }
}

function differenceOf(first: RunRecord, run: RunRecord): string | undefined {
  if (run.status !== "finished") return "it is not finished";
  if (settingsOf(run).settings.preference) return "it has learnt preferences";
  if (run.base === undefined) return "it began with weights of its own, at random";
  if (run.base.sha256 !== first.base?.sha256) return "it began with other weights";
  if (run.tokenizerHash !== first.tokenizerHash) return "it has another tokenizer";
  if (JSON.stringify(run.model) !== JSON.stringify(first.model)) return "it has another shape";
  const isAlike = isDataOf(run, first.data) || isDataOf(first, run.data);
  return isAlike ? undefined : "it has learnt other data";
}

function requireSameData(run: RunRecord, now: RunRecord["data"]): void {
  if (isDataOf(run, now)) return;
  const names = run.data.files.map((file) => file.name).join(", ") || "what came by standard input";
  throw new HintedError(
    `The data that ${run.name} has learnt has changed: the mean cannot be judged.`,
    {
      hint: `Put ${names} back as it was.`,
    },
  );
}
