/**
 * The numbers of one training run and the three graphs that change them:
 * gradients of a micro-batch, their norm, the optimizer's step.
 *
 * Knows nothing of data, schedules or files: `loop.ts` decides what happens,
 * this does the arithmetic.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import type { BoundRun, Runtime, Session, Value } from "../../src/core/onnxruntime/runtime.ts";
import type { Batch } from "../data/batch.ts";
import {
  allocateBlock,
  namedValues,
  parameterLayout,
  type ParameterBlock,
} from "../model/parameter-store.ts";
import { buildTrainingGraph, gradientName, newGradientName } from "../model/training-graph.ts";
import { allocateBatchValues, fillBatchValues, type BatchValues } from "./batch-values.ts";
import {
  buildOptimizerGraph,
  firstMomentName,
  momentNames,
  secondMomentName,
  updatedName,
  type OptimizerName,
  type OptimizerScalars,
} from "./optimizer-graph.ts";

/**
 * Without spinning the second thread wakes up late, or on the core that is busy already (10 %
 * slower here); spinning for ever made training beside other work up to eight times slower.
 */
export const SPIN_MICROSECONDS = 1000;

export interface StepEngineOptions {
  readonly config: ModelConfig;
  readonly microRows: number;
  readonly optimizer: OptimizerName;
  readonly threads?: number;
  /** Writes an operator profile of the training graph to a path that starts like this. */
  readonly profilePrefix?: string;
}

export class StepEngine {
  readonly weights: ParameterBlock;
  readonly gradients: ParameterBlock;
  readonly firstMoment: ParameterBlock;
  readonly secondMoment: ParameterBlock;
  /** Tokens of one micro-batch. */
  readonly microTokens: number;
  readonly #sessions: Session[];
  readonly #batch: BatchValues;
  readonly #loss: Value<"float32">;
  readonly #norm: Value<"float32">;
  readonly #scalars: Record<string, Value<"float32">>;
  readonly #runs: {
    readonly gradients: BoundRun;
    readonly norm: BoundRun;
    readonly update: BoundRun;
  };

  static async open(runtime: Runtime, options: StepEngineOptions): Promise<StepEngine> {
    const { config, microRows, optimizer, threads, profilePrefix } = options;
    const shape = { rows: microRows, context: config.context };
    const layout = parameterLayout(config);
    const shared = { threads, memoryPattern: true, spinMicroseconds: SPIN_MICROSECONDS };
    const sessions = [
      await runtime.session(buildTrainingGraph(config, shape), { ...shared, profilePrefix }),
      await runtime.session(buildNormGraph(layout.length), shared),
      await runtime.session(buildOptimizerGraph(config, optimizer), shared),
    ];
    return new StepEngine(runtime, options, sessions);
  }

  private constructor(runtime: Runtime, options: StepEngineOptions, sessions: Session[]) {
    const { config, microRows } = options;
    const layout = parameterLayout(config);
    this.weights = allocateBlock(runtime, layout);
    this.gradients = allocateBlock(runtime, layout);
    this.firstMoment = allocateBlock(runtime, layout);
    this.secondMoment = allocateBlock(runtime, layout);
    this.microTokens = microRows * config.context;
    this.#sessions = sessions;
    this.#batch = allocateBatchValues(runtime, microRows, config.context);
    this.#loss = runtime.value(runtime.allocate("float32", 1), [1, 1]);
    this.#norm = runtime.value(runtime.allocate("float32", 1), [1]);
    const scalar = () => runtime.value(runtime.allocate("float32", 1), []);
    this.#scalars = {
      clip: scalar(),
      learningRate: scalar(),
      adamRate: scalar(),
      adamEpsilon: scalar(),
      keep: scalar(),
    };
    const moments = momentNames(config, options.optimizer);
    this.#runs = this.#bind(
      sessions,
      runtime.value(this.gradients.memory, [layout.length]),
      moments,
    );
  }

  #bind(
    [training, norm, optimizer]: Session[],
    flatGradient: Value,
    usedMoments: ReadonlySet<string>,
  ) {
    const { weights, gradients, firstMoment, secondMoment } = this;
    const moments = Object.fromEntries(
      Object.entries({
        ...namedValues(firstMoment, firstMomentName),
        ...namedValues(secondMoment, secondMomentName),
      }).filter(([name]) => usedMoments.has(name)),
    );
    return {
      gradients: training.bind(
        {
          ...this.#batch.values,
          ...namedValues(weights),
          ...namedValues(gradients, gradientName),
        },
        { loss: this.#loss, ...namedValues(gradients, newGradientName) },
      ),
      norm: norm.bind({ gradient: flatGradient }, { norm: this.#norm }),
      update: optimizer.bind(
        {
          ...this.#scalars,
          ...namedValues(weights),
          ...namedValues(gradients, gradientName),
          ...moments,
        },
        {
          ...namedValues(weights, updatedName),
          ...Object.fromEntries(
            Object.entries(moments).map(([name, value]) => [updatedName(name), value]),
          ),
        },
      ),
    };
  }

  clearGradients(): void {
    this.gradients.memory.data.fill(0);
  }

  /**
   * Adds a micro-batch's gradients of Σ weight · nll / `targets` to the sums.
   * Returns its share of the loss: Σ weight · nll / `targets`, in nats.
   */
  async accumulate(batch: Batch, targets: number): Promise<number> {
    fillBatchValues(this.#batch, batch, 1 / targets);
    await this.#runs.gradients.run();
    return this.#loss.data[0];
  }

  /** The global L2 norm of the accumulated gradient. */
  async gradientNorm(): Promise<number> {
    await this.#runs.norm.run();
    return this.#norm.data[0];
  }

  async update(scalars: OptimizerScalars): Promise<void> {
    for (const [name, value] of Object.entries(scalars)) this.#scalars[name].data[0] = value;
    await this.#runs.update.run();
  }

  /** The path of the profile, if one was asked for. */
  endProfiling(): string | undefined {
    return this.#sessions[0].endProfiling();
  }

  release(): void {
    for (const session of this.#sessions) session.release();
  }
}

/** gradient [length] → norm [1] */
function buildNormGraph(length: number): Uint8Array {
  const graph = new OnnxGraph();
  const gradient = graph.input("gradient", "float32", [length]);
  const norm = graph.node("ReduceL2", [gradient, graph.integers([0])], [1], { keepdims: 1 });
  graph.output(norm, "norm");
  return graph.toBytes();
}
