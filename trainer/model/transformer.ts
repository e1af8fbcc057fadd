/**
 * The Llama transformer on the tape: tokens in, last hidden state out.
 *
 * Pre-norm blocks of attention and SwiGLU with residuals (Touvron et al.,
 * 2023). Knows the wiring; each step's arithmetic and gradient live in
 * `trainer/autograd/`.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import {
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  layerNames,
  parameterSpecs,
} from "../../src/core/model/parameters.ts";
import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import {
  attention,
  attentionMask,
  joinHeads,
  repeatHeads,
  splitHeads,
  type AttentionMask,
} from "../autograd/attention.ts";
import { embedding } from "../autograd/embedding.ts";
import { linear } from "../autograd/linear.ts";
import { rmsNorm } from "../autograd/rms-norm.ts";
import { rotary } from "../autograd/rotary.ts";
import { swiglu } from "../autograd/swiglu.ts";
import type { Tape } from "../autograd/tape.ts";

export interface BatchShape {
  readonly rows: number;
  readonly context: number;
}

export interface BatchInputs {
  /** [rows * context] int64 */
  readonly tokens: Tensor;
  /** [rows, context] int32: which conversation of its row a position belongs to */
  readonly segments: Tensor;
}

export type ParameterTensors = ReadonlyMap<string, Tensor>;

/** Queries a chunk of causal attention: small enough to skip much, large enough for fast products. */
const QUERIES_PER_CHUNK = 64;

export function batchInputs(graph: OnnxGraph, { rows, context }: BatchShape): BatchInputs {
  return {
    tokens: graph.input("tokens", "int64", [rows * context]),
    segments: graph.input("segments", "int32", [rows, context]),
  };
}

export function parameterInputs(graph: OnnxGraph, config: ModelConfig): ParameterTensors {
  return new Map(
    parameterSpecs(config).map(({ name, shape }) => [name, graph.input(name, "float32", shape)]),
  );
}

/** The matrix that turns hidden states into logits: the embedding itself when they are tied. */
export function headOf(parameters: ParameterTensors, config: ModelConfig): Tensor {
  return parameters.get(config.tiedEmbeddings ? EMBEDDING : HEAD)!;
}

/** The normalised hidden state after the last layer: [rows * context, width]. */
export function transformer(
  tape: Tape,
  config: ModelConfig,
  parameters: ParameterTensors,
  inputs: BatchInputs,
): Tensor {
  const shape = toBatchShape(inputs);
  const mask = attentionMask(tape.graph, inputs.segments, chunkCount(shape.context));
  let x = embedding(tape, parameters.get(EMBEDDING)!, inputs.tokens);
  for (let layer = 0; layer < config.layers; layer++) {
    x = block(tape, config, parameters, layer, x, shape, mask);
  }
  return rmsNorm(tape, x, parameters.get(FINAL_NORM)!, config.normEpsilon);
}

function block(
  tape: Tape,
  config: ModelConfig,
  parameters: ParameterTensors,
  layer: number,
  x: Tensor,
  shape: BatchShape,
  mask: AttentionMask,
): Tensor {
  const names = layerNames(layer);
  const weight = (name: keyof typeof names) => parameters.get(names[name])!;

  const normed = rmsNorm(tape, x, weight("attentionNorm"), config.normEpsilon);
  const heads = (name: "query" | "key" | "value", count: number) => {
    const projected = linear(tape, normed, weight(name));
    const placed =
      name === "value"
        ? projected
        : rotary(tape, projected, { ...shape, heads: count, ropeBase: config.ropeBase });
    return splitHeads(tape, placed, shape.rows, shape.context, count);
  };
  const group = config.heads / config.kvHeads;
  const query = heads("query", config.heads);
  const key = repeatHeads(tape, heads("key", config.kvHeads), group);
  const value = repeatHeads(tape, heads("value", config.kvHeads), group);
  const attended = joinHeads(tape, attention(tape, query, key, value, mask));
  const middle = linear(tape, attended, weight("output"), x);

  const fed = rmsNorm(tape, middle, weight("ffnNorm"), config.normEpsilon);
  const gate = linear(tape, fed, weight("gate"));
  const up = linear(tape, fed, weight("up"));
  return linear(tape, swiglu(tape, gate, up), weight("down"), middle);
}

function toBatchShape({ segments }: BatchInputs): BatchShape {
  const [rows, context] = segments.shape.map(Number);
  return { rows, context };
}

/** The most chunks of at least `QUERIES_PER_CHUNK` queries that divide the context evenly, up to eight. */
export function chunkCount(context: number): number {
  for (let count = 8; count > 1; count--) {
    if (context % count === 0 && context / count >= QUERIES_PER_CHUNK) return count;
  }
  return 1;
}
