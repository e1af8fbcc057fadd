/**
 * Scores a split with the weights as they are: every target once, none twice.
 */

import type { Metrics } from "../../src/core/experiment/run-record.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import type { BoundRun, Runtime, Session, Value } from "../../src/core/onnxruntime/runtime.ts";
import { byteLengths, type Tokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { evalBatches } from "../data/batches.ts";
import type { Batch } from "../data/batch.ts";
import type { Shard } from "../data/shards.ts";
import type { Loss } from "../data/spans.ts";
import { buildEvaluationGraph } from "../model/evaluation-graph.ts";
import { namedValues, type ParameterBlock } from "../model/parameter-store.ts";
import type { BatchShape } from "../model/transformer.ts";
import {
  allocateBatchValues,
  fillBatchValues,
  rowsOf,
  type BatchValues,
} from "../train/batch-values.ts";
import { SPIN_MICROSECONDS } from "../train/step-engine.ts";
import { createTally, type MetricSums } from "./metrics.ts";

export interface EvaluatorOptions {
  readonly config: ModelConfig;
  readonly weights: ParameterBlock;
  readonly tokenizer: Tokenizer;
  /** Tokens a run of the graph. */
  readonly microTokens: number;
  readonly threads?: number;
}

export interface ScoreOptions extends Pick<ScoreBatchesOptions, "signal" | "onProgress"> {
  readonly loss: Loss;
  /** About how many tokens to look at; all of the split by default. */
  readonly limit?: number;
}

interface ScoreBatchesOptions<B extends Batch = Batch> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (scored: number) => void;
  /** nats: −log p(target) of each cell; ranks: how many tokens are likelier. Views that the next batch overwrites. */
  readonly onBatch?: (batch: B, nats: Float32Array, ranks: Float32Array) => void;
}

export class Evaluator {
  readonly #session: Session;
  readonly #run: BoundRun;
  readonly #rows: number;
  readonly #context: number;
  readonly #batch: BatchValues;
  readonly #nll: Value<"float32">;
  readonly #rank: Value<"float32">;
  readonly #byteLengths: Uint32Array;

  static async open(runtime: Runtime, options: EvaluatorOptions): Promise<Evaluator> {
    const rows = rowsOf(options.microTokens, options.config);
    const shape = { rows, context: options.config.context };
    const graph = buildEvaluationGraph(options.config, shape, runtime);
    const session = await runtime.session(graph, {
      threads: options.threads,
      memoryPattern: true,
      spinMicroseconds: SPIN_MICROSECONDS,
    });
    return new Evaluator(runtime, options, session, rows);
  }

  private constructor(
    runtime: Runtime,
    { config, weights, tokenizer }: EvaluatorOptions,
    session: Session,
    rows: number,
  ) {
    const column = () => runtime.value(runtime.allocate("float32", count), [count, 1]);
    const count = rows * config.context;
    this.#session = session;
    this.#rows = rows;
    this.#context = config.context;
    this.#batch = allocateBatchValues(runtime, rows, config.context);
    this.#nll = column();
    this.#rank = column();
    this.#byteLengths = byteLengths(tokenizer);
    this.#run = session.bind(
      { ...this.#batch.values, ...namedValues(weights) },
      { nll: this.#nll, rank: this.#rank },
    );
  }

  /** The shape of the batches that it scores. */
  get shape(): BatchShape {
    return { rows: this.#rows, context: this.#context };
  }

  score(shard: Shard, { loss, limit, ...options }: ScoreOptions): Promise<Metrics> {
    return this.scoreBatches(evalBatches(shard, { ...this.shape, loss, limit }), options);
  }

  async scoreBatches<B extends Batch>(
    batches: Iterable<B>,
    { signal, onProgress, onBatch }: ScoreBatchesOptions<B> = {},
  ): Promise<Metrics> {
    const tally = createTally();
    for (const batch of batches) {
      signal?.throwIfAborted();
      fillBatchValues(this.#batch, batch);
      await this.#run.run();
      tally.add(this.#sumsOf(batch));
      onProgress?.(tally.sums.targets);
      onBatch?.(batch, this.#nll.data, this.#rank.data);
    }
    return tally.summarise();
  }

  #sumsOf({ weights, targets }: Batch): MetricSums {
    const sums = { nats: 0, targets: 0, top1: 0, top5: 0, bytes: 0 };
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      sums.nats += this.#nll.data[i];
      sums.targets++;
      if (this.#rank.data[i] < 1) sums.top1++;
      if (this.#rank.data[i] < 5) sums.top5++;
      sums.bytes += this.#byteLengths[targets[i]];
    }
    return sums;
  }

  get sessions(): readonly Pick<Session, "leftToCpu">[] {
    return [this.#session];
  }

  release(): void {
    this.#session.release();
  }
}
