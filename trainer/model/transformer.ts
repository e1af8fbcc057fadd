/**
 * The Llama transformer on the tape: tokens in, last hidden state out.
 *
 * Pre-norm blocks of attention and feed-forward with residuals (Touvron et
 * al., 2023). Knows the wiring; each step's arithmetic and gradient live in
 * `trainer/autograd/`.
 */

import { feedForwardOf, type ModelConfig } from "../../src/core/model/config.ts";
import { EMBEDDING, FINAL_NORM, HEAD, layerNames } from "../../src/core/model/parameters.ts";
import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import {
  attention,
  attentionMask,
  joinHeads,
  repeatHeads,
  splitHeads,
  type AttentionMask,
} from "../autograd/attention.ts";
import { dropout } from "../autograd/dropout.ts";
import { embedding } from "../autograd/embedding.ts";
import { gelu } from "../autograd/gelu.ts";
import { linear, linearWithAdapter } from "../autograd/linear.ts";
import { addTo } from "../autograd/residual.ts";
import { rmsNorm } from "../autograd/rms-norm.ts";
import { rotary } from "../autograd/rotary.ts";
import { squaredRelu } from "../autograd/squared-relu.ts";
import { swiglu } from "../autograd/swiglu.ts";
import type { Tape } from "../autograd/tape.ts";
import { allSpecs, trainedPart, WHOLE_MODEL, type TrainedPart } from "./trained-part.ts";

export interface BatchShape {
  readonly rows: number;
  readonly context: number;
}

/** What leaves numbers out in one layer: masks [rows * context, width] as in `dropout`. */
export interface DropoutMasks {
  readonly attention: Tensor;
  readonly feedForward: Tensor;
}

export interface BatchInputs {
  /** [rows * context] int64 */
  readonly tokens: Tensor;
  /** [rows, context] int32: which conversation of its row a position belongs to */
  readonly segments: Tensor;
}

export interface ParameterTensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly adapters: TrainedPart["adapters"];
}

/** Queries a chunk of causal attention: small enough to skip much, large enough for fast products. */
const QUERIES_PER_CHUNK = 64;

export function batchInputs(graph: OnnxGraph, { rows, context }: BatchShape): BatchInputs {
  return {
    tokens: graph.input("tokens", "int64", [rows * context]),
    segments: graph.input("segments", "int32", [rows, context]),
  };
}

/** By layer, the inputs that `dropoutNames` names. */
export function dropoutInputs(
  graph: OnnxGraph,
  config: ModelConfig,
  { rows, context }: BatchShape,
): DropoutMasks[] {
  const mask = (name: string) => graph.input(name, "float32", [rows * context, config.width]);
  return Array.from({ length: config.layers }, (_, layer) => {
    const names = dropoutNames(layer);
    return { attention: mask(names.attention), feedForward: mask(names.feedForward) };
  });
}

export const dropoutNames = (layer: number) => ({
  attention: `dropout.${layer}.attention`,
  feedForward: `dropout.${layer}.feed_forward`,
});

/**
 * One input a weight; of adapters as well, where the part that is trained has any: the weight
 * beside it is then the sum of both.
 */
export function parameterInputs(
  graph: OnnxGraph,
  config: ModelConfig,
  part: TrainedPart = trainedPart(config, WHOLE_MODEL),
): ParameterTensors {
  const tensors = new Map(
    allSpecs(config, part).map(({ name, shape }) => [name, graph.input(name, "float32", shape)]),
  );
  return { tensors, adapters: part.adapters };
}

/** The matrix that turns hidden states into logits: the embedding itself when they are tied. */
export function headOf({ tensors }: ParameterTensors, config: ModelConfig): Tensor {
  return tensors.get(config.tiedEmbeddings ? EMBEDDING : HEAD)!;
}

/** The normalised hidden state after the last layer: [rows * context, width]. */
export function transformer(
  tape: Tape,
  config: ModelConfig,
  parameters: ParameterTensors,
  inputs: BatchInputs,
  masks: readonly DropoutMasks[] = [],
): Tensor {
  const shape = toBatchShape(inputs);
  const mask = attentionMask(tape.graph, inputs.segments, chunkCount(shape.context));
  let x = tape.graph.within("embedding", () =>
    embedding(tape, parameters.tensors.get(EMBEDDING)!, inputs.tokens),
  );
  for (let layer = 0; layer < config.layers; layer++) {
    x = block(tape, config, parameters, layer, x, shape, mask, masks[layer]);
  }
  return norm(tape, x, parameters.tensors.get(FINAL_NORM)!, config);
}

function norm(tape: Tape, x: Tensor, weight: Tensor, { normEpsilon }: ModelConfig): Tensor {
  return tape.graph.within("norms", () => rmsNorm(tape, x, weight, normEpsilon));
}

function block(
  tape: Tape,
  config: ModelConfig,
  parameters: ParameterTensors,
  layer: number,
  x: Tensor,
  shape: BatchShape,
  mask: AttentionMask,
  dropped: DropoutMasks | undefined,
): Tensor {
  const names = layerNames(layer);
  const weight = (name: keyof typeof names) => parameters.tensors.get(names[name])!;
  const { graph } = tape;
  const project = (input: Tensor, name: keyof typeof names, residual?: Tensor) =>
    graph.within(isOfFeedForward(name) ? "feed-forward" : "projections", () => {
      const adapter = parameters.adapters.get(names[name]);
      if (!adapter) return linear(tape, input, weight(name), residual);
      const down = parameters.tensors.get(adapter.down.name)!;
      const up = parameters.tensors.get(adapter.up.name)!;
      return linearWithAdapter(tape, input, weight(name), { down, up }, residual);
    });

  /** Adds a projection to the residual stream: within the product, unless some of it is left out. */
  const projectOnto = (
    residual: Tensor,
    input: Tensor,
    name: keyof typeof names,
    left: Tensor | undefined,
  ) => {
    if (!left) return project(input, name, residual);
    return addTo(tape, dropout(tape, project(input, name), left), residual);
  };

  const normed = norm(tape, x, weight("attentionNorm"), config);
  const heads = (name: "query" | "key" | "value", count: number) => {
    const projected = project(normed, name);
    const placed =
      name === "value"
        ? projected
        : rotary(tape, projected, { ...shape, heads: count, ropeBase: config.ropeBase });
    return splitHeads(tape, placed, shape.rows, shape.context, count);
  };
  const group = config.heads / config.kvHeads;
  const attended = graph.within("attention", () => {
    const query = heads("query", config.heads);
    const key = repeatHeads(tape, heads("key", config.kvHeads), group);
    const value = repeatHeads(tape, heads("value", config.kvHeads), group);
    return joinHeads(tape, attention(tape, query, key, value, mask));
  });
  const middle = projectOnto(x, attended, "output", dropped?.attention);

  const fed = norm(tape, middle, weight("ffnNorm"), config);
  const activate = {
    swiglu: () => swiglu(tape, project(fed, "gate"), project(fed, "up")),
    gelu: () => gelu(tape, project(fed, "up")),
    relu2: () => squaredRelu(tape, project(fed, "up")),
  }[feedForwardOf(config, layer).activation];
  const activated = graph.within("feed-forward", activate);
  return projectOnto(middle, activated, "down", dropped?.feedForward);
}

/** What a profile counts the product under. */
function isOfFeedForward(name: string): boolean {
  return name === "gate" || name === "up" || name === "down";
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
