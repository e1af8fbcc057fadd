/**
 * The numbers of one training run and the three graphs that change them:
 * gradients of a micro-batch, their sum and norm, the optimizer's step.
 *
 * Micro-batches run in lanes, side by side, each lane on threads of its own
 * and with gradients of its own; the optimizer's step is shared out among as
 * many. Threads that share one operator wait for each other after every one
 * of hundreds, lanes only at the end of a step.
 *
 * Knows nothing of data, schedules or files: `loop.ts` decides what happens,
 * this does the arithmetic.
 */

import { availableParallelism } from "node:os";

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { ParameterSpec } from "../../src/core/model/parameters.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import type { BoundRun, Runtime, Session, Value } from "../../src/core/onnxruntime/runtime.ts";
import type { Batch } from "../data/batch.ts";
import { add } from "../autograd/operators.ts";
import { adaptedSpecs, buildMergeGraph, mergedName } from "../model/adapters.ts";
import {
  allocateBlock,
  namedValues,
  parameterLayout,
  type ParameterBlock,
} from "../model/parameter-store.ts";
import { allSpecs, trainedPart, WHOLE_MODEL, type TrainedPart } from "../model/trained-part.ts";
import { buildTrainingGraph, gradientName, newGradientName } from "../model/training-graph.ts";
import { allocateBatchValues, fillBatchValues, type BatchValues } from "./batch-values.ts";
import { allocateDropout, fillDropout, type DropoutValues } from "./dropout-masks.ts";
import type { EngineOptions, OptimizerName, OptimizerStep, TrainingEngine } from "./engine.ts";
import {
  buildOptimizerGraph,
  firstMomentName,
  momentNames,
  OPTIMIZER_SCALARS,
  optimizerScalars,
  secondMomentName,
  updatedName,
  updateFlops,
} from "./optimizer-graph.ts";
import { shareOut } from "./share-out.ts";
import { likelihoodLoss, type StepLoss, type StepLossValues } from "./step-loss.ts";

/**
 * Without spinning the second thread wakes up late, or on the core that is busy already (10 %
 * slower here); spinning for ever made training beside other work up to eight times slower.
 */
export const SPIN_MICROSECONDS = 1000;

export interface StepEngineOptions extends EngineOptions {
  /** Micro-batches computed at the same time; one by default. */
  readonly lanes?: number;
  /** What is minimised: the nats of the targets by default. */
  readonly stepLoss?: StepLoss;
  /** Of all lanes together; one a core by default. */
  readonly threads?: number;
  /** Writes an operator profile of the training graph to a path that starts like this. */
  readonly profilePrefix?: string;
}

type ResolvedOptions = StepEngineOptions &
  Required<Pick<StepEngineOptions, "lanes" | "part" | "dropout" | "stepLoss">>;

/** One micro-batch at a time, its gradients added to those of the lane's earlier ones. */
interface Lane {
  readonly gradients: ParameterBlock;
  readonly batch: BatchValues;
  readonly counted: StepLossValues;
  readonly masks: DropoutValues;
  readonly loss: Value<"float32">;
  readonly run: BoundRun;
}

/** What a micro-batch multiplies with: the weights, those with an adapter as the sum of both. */
interface StepWeights {
  readonly values: Readonly<Record<string, Value>>;
  /** Brings the sums up to date. */
  readonly merge?: BoundRun;
}

/** The optimizer's step of some of the parameters. */
interface OptimizerShare {
  readonly specs: readonly ParameterSpec[];
  readonly session: Session;
}

interface Sessions {
  readonly training: Session;
  /** Where there are adapters. */
  readonly merge?: Session;
  readonly sum: Session;
  readonly optimizers: readonly OptimizerShare[];
}

export class StepEngine implements TrainingEngine {
  /** Of the model, and of its adapters if there are any. */
  readonly weights: ParameterBlock;
  readonly firstMoment: ParameterBlock;
  readonly secondMoment: ParameterBlock;
  /** Tokens of one micro-batch. */
  readonly microTokens: number;
  readonly #sessions: readonly Session[];
  readonly #lanes: readonly Lane[];
  readonly #norm: Value<"float32">;
  readonly #scalars: Record<string, Value<"float32">>;
  readonly #stepWeights: StepWeights;
  readonly #sumRun: BoundRun;
  readonly #updateRuns: readonly BoundRun[];

  static async open(runtime: Runtime, options: StepEngineOptions): Promise<StepEngine> {
    const { config, microRows, optimizer, profilePrefix, lanes = 1 } = options;
    const { part = trainedPart(config, WHOLE_MODEL), dropout = 0 } = options;
    const { stepLoss = likelihoodLoss } = options;
    const threads = options.threads ?? availableParallelism();
    const { length } = parameterLayout(config, part.specs);
    const shape = { rows: microRows, context: config.context };
    const training = buildTrainingGraph(config, shape, {
      part,
      dropout: dropout > 0,
      stepLoss,
      device: runtime.device,
    });
    const shared = { memoryPattern: true, spinMicroseconds: SPIN_MICROSECONDS };
    const ofLane = { ...shared, threads: Math.max(1, Math.floor(threads / lanes)) };
    const shares = shareOut(part.specs, lanes, (spec) => updateFlops(spec, optimizer));
    const optimizers: OptimizerShare[] = [];
    for (const specs of shares) {
      const session = await runtime.session(buildOptimizerGraph({ specs }, optimizer), ofLane);
      optimizers.push({ specs, session });
    }
    const sessions = {
      training: await runtime.session(training, { ...ofLane, profilePrefix }),
      ...(part.adapters.size > 0 && {
        merge: await runtime.session(buildMergeGraph(config, part), { ...shared, threads }),
      }),
      sum: await runtime.session(buildSumGraph(length, lanes), { ...shared, threads }),
      optimizers,
    };
    return new StepEngine(runtime, { ...options, lanes, part, dropout, stepLoss }, sessions);
  }

  private constructor(
    runtime: Runtime,
    { config, microRows, optimizer, lanes, part, dropout, stepLoss }: ResolvedOptions,
    sessions: Sessions,
  ) {
    const layout = parameterLayout(config, part.specs);
    const scalar = (shape: number[]) => runtime.value(runtime.allocate("float32", 1), shape);
    this.weights = allocateBlock(runtime, parameterLayout(config, allSpecs(config, part)));
    this.firstMoment = allocateBlock(runtime, layout);
    this.secondMoment = allocateBlock(runtime, layout);
    this.microTokens = microRows * config.context;
    const { training, merge, sum, optimizers } = sessions;
    const updates = optimizers.map(({ session }) => session);
    this.#sessions = [training, ...(merge ? [merge] : []), sum, ...updates];
    this.#stepWeights = this.#bindMerge(runtime, config, part, merge);
    this.#norm = scalar([1]);
    this.#scalars = Object.fromEntries(OPTIMIZER_SCALARS.map((name) => [name, scalar([])]));
    this.#lanes = Array.from({ length: lanes }, () => {
      const gradients = allocateBlock(runtime, layout);
      const batch = allocateBatchValues(runtime, microRows, config.context);
      const masks = allocateDropout(runtime, config, this.microTokens, dropout);
      const loss = scalar([1, 1]);
      const counted = stepLoss.allocate(runtime, { rows: microRows, context: config.context });
      const inputs = { ...batch.values, ...counted.inputs, ...masks.values };
      const outputs = { ...counted.outputs, loss };
      const run = this.#bindTraining(training, gradients, inputs, outputs);
      return { gradients, batch, counted, masks, loss, run };
    });
    const flat = this.#lanes.map(({ gradients }) =>
      runtime.value(gradients.memory, [layout.length]),
    );
    this.#sumRun = sum.bind(
      Object.fromEntries(flat.map((gradient, lane) => [laneGradientName(lane), gradient])),
      { ...(lanes > 1 && { sum: flat[0] }), norm: this.#norm },
    );
    this.#updateRuns = optimizers.map((share) => this.#bindOptimizer(share, optimizer));
  }

  /** The gradient of a whole step, once `gradientNorm` has summed the lanes. */
  get gradients(): ParameterBlock {
    return this.#lanes[0].gradients;
  }

  #bindMerge(
    runtime: Runtime,
    config: ModelConfig,
    part: TrainedPart,
    merge: Session | undefined,
  ): StepWeights {
    const own = namedValues(this.weights);
    if (!merge) return { values: own };
    const adapted = adaptedSpecs(config, part);
    const sums = allocateBlock(runtime, parameterLayout(config, adapted));
    const run = merge.bind(
      only([...adapted, ...part.specs], this.weights),
      namedValues(sums, mergedName),
    );
    return { values: { ...own, ...namedValues(sums) }, merge: run };
  }

  #bindTraining(
    session: Session,
    gradients: ParameterBlock,
    inputs: Readonly<Record<string, Value>>,
    outputs: Readonly<Record<string, Value>>,
  ): BoundRun {
    return session.bind(
      { ...inputs, ...this.#stepWeights.values, ...namedValues(gradients, gradientName) },
      { ...outputs, ...namedValues(gradients, newGradientName) },
    );
  }

  #bindOptimizer({ specs, session }: OptimizerShare, optimizer: OptimizerName): BoundRun {
    const { weights, gradients, firstMoment, secondMoment } = this;
    const trained = only(specs, weights);
    const used = momentNames({ specs }, optimizer);
    const moments = Object.fromEntries(
      Object.entries({
        ...namedValues(firstMoment, firstMomentName),
        ...namedValues(secondMoment, secondMomentName),
      }).filter(([name]) => used.has(name)),
    );
    return session.bind(
      { ...this.#scalars, ...trained, ...only(specs, gradients, gradientName), ...moments },
      { ...renamed(trained), ...renamed(moments) },
    );
  }

  clearGradients(): void {
    for (const { gradients } of this.#lanes) gradients.memory.data.fill(0);
  }

  /** Which lane takes which batch is fixed, and so is the order of every sum. */
  async accumulate(batches: readonly Batch[], count: number, seed = 0): Promise<number> {
    await this.#stepWeights.merge?.run();
    const losses = new Float64Array(batches.length);
    const runs = this.#lanes.map(async ({ batch, counted, masks, run, loss }, lane) => {
      for (let i = lane; i < batches.length; i += this.#lanes.length) {
        fillBatchValues(batch, batches[i]);
        counted.fill(batches[i], 1 / count);
        fillDropout(masks, seed + i);
        await run.run();
        counted.read(batches[i]);
        losses[i] = loss.data[0];
      }
    });
    await allEnded(runs);
    return losses.reduce((sum, loss) => sum + loss, 0);
  }

  async gradientNorm(): Promise<number> {
    await this.#sumRun.run();
    return this.#norm.data[0];
  }

  async update(step: OptimizerStep): Promise<void> {
    for (const [name, value] of Object.entries(optimizerScalars(step))) {
      this.#scalars[name].data[0] = value;
    }
    await allEnded(this.#updateRuns.map((update) => update.run()));
  }

  get sessions(): readonly Pick<Session, "leftToCpu">[] {
    return this.#sessions;
  }

  /** The path of the profile, if one was asked for. */
  endProfiling(): string | undefined {
    return this.#sessions[0].endProfiling();
  }

  release(): void {
    for (const session of this.#sessions) session.release();
  }
}

/** Waits for all of them: none may still compute when another has failed. */
async function allEnded(runs: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

function only(
  specs: readonly ParameterSpec[],
  { values }: ParameterBlock,
  nameOf: (parameter: string) => string = (parameter) => parameter,
): Record<string, Value> {
  return Object.fromEntries(specs.map(({ name }) => [nameOf(name), values.get(name)!]));
}

function renamed(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [updatedName(name), value]),
  );
}

const laneGradientName = (lane: number) => `gradient.${lane}`;

/**
 * gradient.* [length], one a lane → norm [1] of their sum; with several lanes
 * also the sum itself, meant to lie where gradient.0 lies.
 */
function buildSumGraph(length: number, lanes: number): Uint8Array {
  const graph = new OnnxGraph();
  const gradients = Array.from({ length: lanes }, (_, lane) =>
    graph.input(laneGradientName(lane), "float32", [length]),
  );
  const sum = gradients.reduce((left, right) => add(graph, left, right));
  const norm = graph.node("ReduceL2", [sum, graph.integers([0])], [1], { keepdims: 1 });
  if (lanes > 1) graph.output(sum, "sum");
  graph.output(norm, "norm");
  return graph.toBytes();
}
