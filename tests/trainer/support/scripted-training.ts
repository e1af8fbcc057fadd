/**
 * A training run whose arithmetic a test writes: losses, norms and
 * validations come from a script, everything else is real.
 */

import { join } from "node:path";

import { onTestFinished } from "vitest";

import { createConsole } from "../../../src/core/cli/console.ts";
import { openMetricsLog, readMetricsLog } from "../../../src/core/experiment/metrics-log.ts";
import type { Metrics } from "../../../src/core/experiment/run-record.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import type { BatchSource, Cursor } from "../../../trainer/data/batches.ts";
import type { Loss } from "../../../trainer/data/spans.ts";
import { createTally } from "../../../trainer/eval/metrics.ts";
import { allocateBlock, parameterLayout } from "../../../trainer/model/parameter-store.ts";
import { Checkpoints, type LoopState } from "../../../trainer/train/checkpoint.ts";
import { runTraining, START, type TrainingRun } from "../../../trainer/train/loop.ts";
import { resolveOptions, type TrainingOptions } from "../../../trainer/train/options.ts";
import type { OptimizerStep } from "../../../trainer/train/engine.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { randomBatch } from "./random-batch.ts";
import { tinyConfig } from "./tiny-training.ts";

const config = tinyConfig({ layers: 1 });
const ROWS_AN_EPOCH = 1000;

export interface Script {
  readonly steps: number;
  readonly loss?: Loss;
  readonly options?: Partial<TrainingOptions>;
  /** The gradient's norm at the nth try of a step, from 1. */
  norm?(attempt: number, weights: Float32Array): number;
  /** The training loss at the nth try of a step, from 1. */
  trainingLoss?(attempt: number): number;
  /** The validation loss after a step; undefined where there is nothing to judge. */
  validation?(step: number, loss: Loss): number | undefined;
  /** What happens when the weights are updated for the nth time, from 1. */
  onUpdate?(update: number, weights: Float32Array): void;
  readonly controller?: AbortController;
  /** Where a run goes on that is resumed. */
  readonly start?: Partial<LoopState>;
}

/** Every update adds 1 to the first weight, so that the weights tell which step they are of. */
export async function runScript(script: Script) {
  const { steps, loss = "all", controller = new AbortController() } = script;
  const folder = temporaryFolder();
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const block = () => allocateBlock(runtime, parameterLayout(config));
  const blocks = { weights: block(), firstMoment: block(), secondMoment: block() };
  const checkpoints = await Checkpoints.open(join(folder, "checkpoint"));
  const start: LoopState = { ...START, loss, ...script.start };
  await checkpoints.save(start, blocks);
  const metrics = await openMetricsLog(join(folder, "metrics.jsonl"));
  const streams = memoryStreams();

  const seen = { updates: [] as OptimizerStep[], sampled: [] as number[], opened: [] as Loss[] };
  const weights = blocks.weights.memory.data;
  let attempts = 0;
  const run: TrainingRun = {
    engine: {
      ...blocks,
      microTokens: config.context,
      clearGradients() {},
      async accumulate() {
        attempts++;
        return script.trainingLoss?.(attempts) ?? 1;
      },
      gradientNorm: async () => script.norm?.(attempts, weights) ?? 1,
      async update(step) {
        seen.updates.push(step);
        weights[0]++;
        script.onUpdate?.(seen.updates.length, weights);
      },
      release() {},
    },
    options: resolveOptions(
      {
        stepTokens: config.context,
        replyStretch: 0,
        warmupSteps: 0,
        evaluations: 1,
        ...script.options,
      },
      {
        width: config.width,
        expectedTokens: 0,
        layout: { lanes: 1, microTokens: config.context },
      },
    ),
    budget: { steps },
    loss,
    checkpoints,
    metrics,
    console: createConsole(streams, { json: false }),
    signal: controller.signal,
    seed: 1,
    task: {
      batches(kind) {
        seen.opened.push(kind);
        return endlessBatches();
      },
    },
    validate: async (kind) =>
      script.validation ? figures(script.validation(weights[0], kind)) : figures(1),
    sample: async (step) => void seen.sampled.push(step),
    now: () => (streams.clock.milliseconds += 100),
  };
  const outcome = await runTraining(run, start);
  await metrics.close();
  const lines = await readMetricsLog(join(folder, "metrics.jsonl"));
  return {
    ...outcome,
    ...seen,
    weights,
    blocks,
    checkpoints,
    lines,
    said: () => streams.stderr.text,
  };
}

function endlessBatches(): BatchSource {
  const random = new Random(1);
  let cursor: Cursor = { epoch: 0, window: 0, row: 0 };
  return {
    get cursor() {
      return cursor;
    },
    next() {
      cursor = { ...cursor, row: cursor.row + 1 };
      return randomBatch(random, { ...config, rows: 1 });
    },
    get epochs() {
      return cursor.epoch + cursor.row / ROWS_AN_EPOCH;
    },
    seek(place) {
      cursor = place;
    },
    seekEpochs(epochs) {
      const epoch = Math.floor(epochs);
      cursor = { epoch, window: 0, row: Math.floor((epochs - epoch) * ROWS_AN_EPOCH) };
    },
  };
}

function figures(loss: number | undefined): Metrics {
  if (loss === undefined) return createTally().summarise();
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerByte: loss,
    tokenAccuracy: 0,
    top5Accuracy: 0,
    tokens: 10,
    bytes: 20,
  };
}
