/**
 * One run from its folder to its report: trains, goes back to the best
 * weights, judges them on the untouched test set, exports, and writes down
 * what happened.
 */

import type { CommandContext } from "../../src/core/cli/command.ts";
import { joinPeople, writeLineage, type People } from "../../src/core/experiment/lineage.ts";
import {
  openMetricsLog,
  readMetricsLog,
  type MetricsLog,
} from "../../src/core/experiment/metrics-log.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import {
  writeRunRecord,
  type Metrics,
  type RepliesResult,
  type RunRecord,
} from "../../src/core/experiment/run-record.ts";
import { EXIT_FAILURE, HintedError } from "../../src/core/errors.ts";
import { diskErrorOf, isFull } from "../../src/core/files.ts";
import { lockFolder } from "../../src/core/lock.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Replay } from "../data/replay.ts";
import type { ShardSet } from "../data/shards.ts";
import { Evaluator } from "../eval/evaluator.ts";
import { sampleReplies } from "../eval/sample-replies.ts";
import { appendSamples, dropSamplesAfter } from "../eval/samples.ts";
import { writeReports } from "../eval/write-reports.ts";
import { writeTokenizer } from "../export/export-model.ts";
import { mergedWeights } from "../model/adapters.ts";
import type { ParameterBlock } from "../model/parameter-store.ts";
import { trainedPart, type TrainedPart } from "../model/trained-part.ts";
import { comparedLoss } from "../preference/compared-loss.ts";
import { openPreferenceTask } from "../preference/preference-task.ts";
import { withTensorBoard } from "../tensorboard/tensorboard-log.ts";
import { rowsOf } from "./batch-values.ts";
import { Checkpoints, hasCheckpoint, type LoopState } from "./checkpoint.ts";
import type { TrainingEngine } from "./engine.ts";
import { finishRun } from "./finish-run.ts";
import { runTraining, START, type TrainingOutcome } from "./loop.ts";
import { openEngine } from "./open-engine.ts";
import type { RunSettings } from "./run-settings.ts";
import { likelihoodTask, type Task } from "./task.ts";

export interface Experiment {
  readonly folder: string;
  readonly record: RunRecord;
  readonly config: ModelConfig;
  readonly tokenizer: ChatTokenizer;
  readonly shards: ShardSet;
  /** Original conversations that are repeated beside them. */
  readonly replay: (Replay & Pick<ShardSet, "people">) | null;
  readonly settings: RunSettings;
  readonly threads?: number;
  /** Writes event files for TensorBoard beside the metrics. */
  readonly tensorboard?: boolean;
  /** Fills the weights of a run that begins. */
  initialise(weights: ParameterBlock, part: TrainedPart): Promise<void>;
}

export interface ExperimentResult {
  readonly name: string;
  readonly folder: string;
  readonly ending: TrainingOutcome["ending"];
  readonly steps: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly validation?: Metrics;
  readonly test?: Metrics;
  readonly replies?: RepliesResult;
}

/** Trains a new run, or continues one whose folder holds a checkpoint. */
export async function runExperiment(
  runtime: Runtime,
  experiment: Experiment,
  context: CommandContext,
): Promise<ExperimentResult> {
  const lock = await lockFolder(experiment.folder);
  try {
    return await runLocked(runtime, experiment, context);
  } catch (error) {
    throw continuable(error, experiment);
  } finally {
    await lock.release();
  }
}

/** On a full disk the same command again would be refused: the folder is there by now. */
function continuable(error: unknown, { folder, record: { name } }: Experiment): unknown {
  const full = diskErrorOf(error);
  if (!full || !isFull(error)) return error;
  const isBegun = hasCheckpoint(experimentPaths(folder).checkpoint);
  const next = isBegun
    ? `go on with: lfz train --resume ${name}`
    : `remove ${folder} and train again.`;
  return new HintedError(full.message, {
    hint: `Free some space, then ${next}`,
    exitCode: EXIT_FAILURE,
    cause: error,
  });
}

async function runLocked(
  runtime: Runtime,
  experiment: Experiment,
  context: CommandContext,
): Promise<ExperimentResult> {
  const { folder, config, tokenizer, settings, threads } = experiment;
  const paths = experimentPaths(folder);
  const checkpoints = await Checkpoints.open(paths.checkpoint);
  const microRows = rowsOf(settings.microTokens, config);
  const part = trainedPart(config, settings);
  const { lanes, dropout, optimizer, preference } = settings;
  const engine = await openEngine(
    settings.engine,
    runtime,
    {
      config,
      part,
      microRows,
      lanes,
      dropout,
      optimizer,
      threads,
      ...(preference && { stepLoss: comparedLoss(preference) }),
    },
    context.console,
  );
  const start = await startOf(experiment, part, engine, checkpoints);
  const metrics = await openMetrics(experiment, start);
  await dropSamplesAfter(paths.samples, start.step);
  const { microTokens } = settings;
  const answering = mergedWeights(runtime, config, part, engine.weights);
  const weights = answering();
  const evaluator = await Evaluator.open(runtime, {
    config,
    weights,
    tokenizer,
    microTokens,
    threads,
  });
  try {
    const task = await openTask(runtime, experiment, { evaluator, weights, start, context });
    const outcome = await runTraining(
      {
        engine,
        task,
        options: settings,
        klLimit: settings.preference?.klLimit,
        budget: settings.budget,
        loss: settings.loss,
        checkpoints,
        metrics,
        console: context.console,
        signal: context.signal,
        seed: experiment.record.seed,
        validate: (loss) => {
          answering(); // brought up to date where the evaluator reads them
          return task.judge("validation", { loss, limit: settings.validationTokens });
        },
        sample: async (step) => {
          const samples = await sampleReplies(runtime, config, answering(), tokenizer);
          await appendSamples(paths.samples, { step, samples });
        },
        now: () => performance.now(),
      },
      start,
    );
    return await conclude(
      { runtime, experiment, context, engine, answering, task, checkpoints, metrics },
      outcome,
    );
  } finally {
    await metrics.close();
    evaluator.release();
    engine.release();
  }
}

/** By then the evaluator's weights are those the run begins or goes on with. */
function openTask(
  runtime: Runtime,
  { folder, record: { seed }, config, tokenizer, shards, replay, settings }: Experiment,
  {
    evaluator,
    weights,
    start,
    context: { console, signal },
  }: {
    readonly evaluator: Evaluator;
    readonly weights: ParameterBlock;
    readonly start: LoopState;
    readonly context: CommandContext;
  },
): Task | Promise<Task> {
  const { preference, packing } = settings;
  if (!preference) {
    return likelihoodTask(shards, evaluator, { ...evaluator.shape, seed, packing, replay });
  }
  return openPreferenceTask(runtime, {
    preference,
    replay,
    config,
    tokenizer,
    shards,
    evaluator,
    weights,
    seed,
    console,
    signal,
    folder: experimentPaths(folder).checkpoint,
    begins: start.step === 0,
  });
}

async function startOf(
  experiment: Experiment,
  part: TrainedPart,
  engine: TrainingEngine,
  checkpoints: Checkpoints,
): Promise<LoopState> {
  const { folder, record, shards, replay } = experiment;
  const restored = await checkpoints.restore(engine);
  if (restored) {
    await writeRunRecord(folder, record); // its budget may be another one now
    return restored;
  }
  const people = joinPeople([shards.people, ...(replay ? [replay.people] : [])]);
  await beginFolder({ ...experiment, people });
  await experiment.initialise(engine.weights, part);
  const start: LoopState = { ...START, loss: experiment.settings.loss };
  await checkpoints.save(start, engine); // something to go back to, from the first step on
  return start;
}

interface Beginning extends Pick<Experiment, "folder" | "record" | "tokenizer" | "config"> {
  /** Whose words it will learn from. */
  readonly people: People;
}

/** What the folder holds from its first minute: the record, the lineage and the tokenizer. */
export async function beginFolder(beginning: Beginning): Promise<void> {
  const { folder, record, tokenizer, config, people } = beginning;
  await writeTokenizer(folder, tokenizer, config.context);
  await writeLineage(folder, { ...people, base: record.base?.name ?? null });
  await writeRunRecord(folder, record);
}

/** The metrics up to where the run goes on from. */
async function openMetrics(
  { folder, record, tensorboard }: Experiment,
  { step }: LoopState,
): Promise<MetricsLog> {
  const paths = experimentPaths(folder);
  const log = await openMetricsLog(paths.metrics, { afterStep: step });
  if (!tensorboard) return log;
  return withTensorBoard(log, {
    folder: paths.tensorboard,
    lines: await readMetricsLog(paths.metrics),
    created: new Date(record.created),
    now: new Date(),
  });
}

interface Finishing {
  readonly runtime: Runtime;
  readonly experiment: Experiment;
  readonly context: CommandContext;
  readonly engine: TrainingEngine;
  /** The weights that are judged and exported. */
  readonly answering: () => ParameterBlock;
  readonly task: Task;
  readonly checkpoints: Checkpoints;
  readonly metrics: MetricsLog;
}

async function conclude(finishing: Finishing, outcome: TrainingOutcome): Promise<ExperimentResult> {
  const { experiment, context } = finishing;
  const { folder } = experiment;
  const { step, tokens, seconds } = outcome.state;
  const summary = {
    name: experiment.record.name,
    folder,
    ending: outcome.ending,
    steps: step,
    tokens,
    seconds,
  };
  if (outcome.ending === "diverged") {
    await writeReports(folder, { ...experiment.record, status: "failed" });
    throw new HintedError(`The training diverged at step ${step}: its gradients stayed infinite.`, {
      hint: `Train again with a smaller rate: --set learningRate=${experiment.settings.learningRate / 3}.`,
      exitCode: EXIT_FAILURE,
    });
  }
  if (outcome.ending !== "interrupted") {
    try {
      const record = await finish(finishing, outcome.state);
      return { ...summary, ...record.results };
    } catch (error) {
      if (error !== context.signal.reason) throw error; // else it was stopped while being judged
    }
  }
  await writeReports(folder, { ...experiment.record, status: "interrupted" });
  context.console.note(
    `Saved at step ${step}. Continue with: lfz train --resume ${experiment.record.name}`,
  );
  return { ...summary, ending: "interrupted" };
}

/** The best weights are what the run ends with. */
async function finish(finishing: Finishing, state: LoopState): Promise<RunRecord> {
  const { runtime, experiment, context, engine, answering, task, checkpoints, metrics } = finishing;
  const { settings } = experiment;
  await checkpoints.restoreBest(engine.weights);
  if (state.best?.step === 0) {
    context.console.note("No step was better than none: the result is the model it began with.");
  }
  const model = {
    ...experiment,
    weights: answering(),
    storage: settings.storage,
    task,
    loss: state.loss,
    answers: !settings.preference,
    metrics,
    end: state,
  };
  return finishRun(runtime, model, context);
}
