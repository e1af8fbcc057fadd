/**
 * A Llama with a KV cache as one ONNX graph: the file `onnx/model.onnx`.
 *
 * transformers.js loads it unchanged and gets a longer `present` for every
 * `past`; our engine gives both names the same memory, as long as the whole
 * context, and GroupQueryAttention then writes the new positions in place.
 * How many positions of a row count is read from the attention mask alone.
 *
 *   embed -> [norm -> qkv -> attention -> output -> + -> norm -> gate, up -> SiLU x -> down -> +] ... -> norm -> head
 *
 * Only the last `num_logits_to_keep` positions leave the last attention: all
 * that follows (feed-forward, norm, head) is computed for them alone.
 */

import { feedForwardOf, headSize, type ModelConfig } from "../model/config.ts";
import { EMBEDDING, FINAL_NORM, HEAD, layerNames, type Weights } from "../model/parameters.ts";
import { ropeTables } from "../model/rope.ts";
import { float, MICROSOFT, ONNX_TYPE, OnnxGraph, type Shape, type Tensor } from "./graph.ts";
import { StoredWeights, type WeightStorage } from "./stored-weights.ts";

export const INPUT_IDS = "input_ids";
export const ATTENTION_MASK = "attention_mask";
export const LOGITS_TO_KEEP = "num_logits_to_keep";
export const LOGITS = "logits";

/** The cache tensors of one layer; transformers.js finds them by these names. */
export const cacheNames = (layer: number) =>
  ["key", "value"].map((part) => ({
    past: `past_key_values.${layer}.${part}`,
    present: `present.${layer}.${part}`,
  }));

const BATCH = "batch_size";
const SEQUENCE = "sequence_length";
const PAST = "past_sequence_length";
const TOTAL = "total_sequence_length";
const KEPT = "kept_length";

/** "To the end" for Slice. */
const END = Number.MAX_SAFE_INTEGER;

export interface DecoderGraphOptions {
  /** `float16` halves the file; the arithmetic stays float32. */
  readonly storage?: WeightStorage;
}

export function buildDecoderGraph(
  config: ModelConfig,
  weights: Weights,
  options: DecoderGraphOptions = {},
): Uint8Array {
  const graph = new OnnxGraph();
  const stored = new StoredWeights(graph, weights, options.storage ?? "float32");
  const ids = graph.input(INPUT_IDS, "int64", [BATCH, SEQUENCE]);
  const mask = graph.input(ATTENTION_MASK, "int64", [BATCH, TOTAL]);
  const keep = graph.input(LOGITS_TO_KEEP, "int64", []);

  const embedding = stored.matrix(EMBEDDING, config.vocabSize, config.width);
  const layer = new LayerBuilder(graph, stored, config, addPositions(graph, config, mask));
  const keepLast = sliceFromEnd(graph, keep);

  let hidden = graph.node("Gather", [embedding, ids], [BATCH, SEQUENCE, config.width]);
  let normed = layer.norm(hidden, layerNames(0).attentionNorm);
  for (let index = 0; index < config.layers; index++) {
    const isLast = index === config.layers - 1;
    let attended = layer.attention(normed, index);
    if (isLast) {
      attended = keepLast(attended);
      hidden = keepLast(hidden);
    }
    const names = layerNames(index);
    const output = layer.linear(attended, `${index}.output`, [names.output], config.width);
    [normed, hidden] = layer.addAndNorm(hidden, output, names.ffnNorm);
    const fed = layer.feedForward(normed, index);
    const nextNorm = isLast ? FINAL_NORM : layerNames(index + 1).attentionNorm;
    [normed, hidden] = layer.addAndNorm(hidden, fed, nextNorm);
  }
  const head = config.tiedEmbeddings
    ? embedding
    : stored.matrix(HEAD, config.vocabSize, config.width);
  graph.output(addHead(graph, config, normed, head), LOGITS);
  layer.declareCacheOutputs();
  return graph.toBytes();
}

/** Where the new tokens stand, in the three forms that GroupQueryAttention wants. */
interface Positions {
  /** int32 [batch]: the row's length with the new tokens, less one. */
  readonly lastPositions: Tensor;
  /** int32 scalar: no row is longer. */
  readonly totalLength: Tensor;
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

function addPositions(graph: OnnxGraph, config: ModelConfig, mask: Tensor): Positions {
  const int64 = { type: "int64" } as const;
  const int32 = { type: "int32" } as const;
  const toInt32 = { to: ONNX_TYPE.int32 };
  const axis = graph.integers([1]);
  const lengths = graph.node("ReduceSum", [mask, axis], [BATCH], { keepdims: 0 }, int64);
  const last = graph.node("Sub", [lengths, axis], [BATCH], {}, int64);
  const maskShape = graph.node("Shape", [mask], [2], {}, int64);
  const total = graph.node("Gather", [maskShape, graph.integers([1], [])], [], {}, int64);
  const size = headSize(config);
  const { cosine, sine } = ropeTables(config.context, size, config.ropeBase);
  const tableShape = [config.context, size / 2]; // a position beyond the context has no row
  return {
    lastPositions: graph.node("Cast", [last], [BATCH], toInt32, int32),
    totalLength: graph.node("Cast", [total], [], toInt32, int32),
    cosine: graph.initializer("rope_cosine", "float32", tableShape, cosine),
    sine: graph.initializer("rope_sine", "float32", tableShape, sine),
  };
}

/** Cuts [batch, sequence, width] to the last positions, as many as `keep` says. */
function sliceFromEnd(graph: OnnxGraph, keep: Tensor) {
  const int64 = { type: "int64" } as const;
  const negative = graph.node("Neg", [keep], [], {}, int64);
  const start = graph.node("Unsqueeze", [negative, graph.integers([0])], [1], {}, int64);
  return (tensor: Tensor): Tensor =>
    graph.node(
      "Slice",
      [tensor, start, graph.integers([END]), graph.integers([1])],
      [BATCH, KEPT, tensor.shape[2]!],
    );
}

/**
 * A tied head shares the embedding's matrix in the file. ONNX Runtime turns
 * it around once, when it opens the session, so it is as fast as a copy.
 */
function addHead(graph: OnnxGraph, config: ModelConfig, normed: Tensor, head: Tensor): Tensor {
  const { width, vocabSize } = config;
  const turned = graph.node("Transpose", [head], [width, vocabSize], { perm: [1, 0] });
  return graph.node("MatMul", [normed, turned], [BATCH, KEPT, vocabSize]);
}

/** The pieces of one layer. */
class LayerBuilder {
  readonly #graph: OnnxGraph;
  readonly #stored: StoredWeights;
  readonly #config: ModelConfig;
  readonly #positions: Positions;
  readonly #presents: Tensor[] = [];

  constructor(graph: OnnxGraph, stored: StoredWeights, config: ModelConfig, positions: Positions) {
    this.#graph = graph;
    this.#stored = stored;
    this.#config = config;
    this.#positions = positions;
  }

  /** Query, key and value in one product; RoPE, cache and softmax inside the operator. */
  attention(normed: Tensor, index: number): Tensor {
    const { heads, kvHeads, width } = this.#config;
    const size = headSize(this.#config);
    const { query, key, value } = layerNames(index);
    const qkvWidth = width + 2 * kvHeads * size;
    const qkv = this.linear(normed, `${index}.query_key_value`, [query, key, value], qkvWidth);

    const names = cacheNames(index);
    const pasts = names.map(({ past }) =>
      this.#graph.input(past, "float32", [BATCH, kvHeads, PAST, size]),
    );
    const presents = names.map(({ present }) => ({
      name: present,
      type: "float32" as const,
      shape: [BATCH, kvHeads, TOTAL, size],
    }));
    this.#presents.push(...presents);

    const attended = this.#graph.tensor("attention", [BATCH, SEQUENCE, width]);
    const { lastPositions, totalLength, cosine, sine } = this.#positions;
    this.#graph.append({
      operator: "GroupQueryAttention",
      domain: MICROSOFT,
      inputs: [qkv, null, null, ...pasts, lastPositions, totalLength, cosine, sine],
      outputs: [attended, ...presents],
      attributes: { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 },
    });
    return attended;
  }

  feedForward(normed: Tensor, index: number): Tensor {
    const { width, activation } = feedForwardOf(this.#config, index);
    const { up, down } = layerNames(index);
    const activated =
      activation === "swiglu"
        ? this.#swiglu(normed, index, width)
        : this.#activated(this.linear(normed, `${index}.up`, [up], width), activation);
    return this.linear(activated, `${index}.down`, [down], this.#config.width);
  }

  /** SiLU(gate x) * up x; QuickGelu with alpha 1 is x * sigmoid(x), which is SiLU. */
  #swiglu(normed: Tensor, index: number, width: number): Tensor {
    const { gate, up } = layerNames(index);
    const both = this.linear(normed, `${index}.gate_up`, [gate, up], 2 * width);
    const shape = widened(both, width);
    const halves = ["gate", "up"].map((part) => this.#graph.tensor(part, shape));
    this.#graph.append({
      operator: "Split",
      domain: "",
      inputs: [both],
      outputs: halves,
      attributes: { axis: -1, num_outputs: 2 },
    });
    const activated = this.#graph.node(
      "QuickGelu",
      [halves[0]!],
      shape,
      { alpha: float(1) },
      { domain: MICROSOFT },
    );
    return this.#graph.node("Mul", [activated, halves[1]!], shape);
  }

  #activated(x: Tensor, activation: "gelu" | "relu2"): Tensor {
    if (activation === "gelu") return this.#graph.node("Gelu", [x], x.shape); // the exact one
    const positive = this.#graph.node("Relu", [x], x.shape);
    return this.#graph.node("Mul", [positive, positive], x.shape);
  }

  linear(input: Tensor, name: string, parts: readonly string[], width: number): Tensor {
    const packed = this.#stored.packed(name, parts, Number(input.shape[2]));
    return this.#graph.node("MatMul", [input, packed], widened(input, width));
  }

  norm(input: Tensor, weight: string): Tensor {
    return this.#graph.node(
      "SimplifiedLayerNormalization",
      [input, this.#stored.vector(weight)],
      input.shape,
      { axis: -1, epsilon: float(this.#config.normEpsilon), stash_type: 1 },
    );
  }

  /** Adds to the residual stream and norms it: [normed, sum]. */
  addAndNorm(residual: Tensor, added: Tensor, weight: string): [Tensor, Tensor] {
    const normed = this.#graph.tensor("normed", residual.shape);
    const sum = this.#graph.tensor("residual", residual.shape);
    this.#graph.append({
      operator: "SkipSimplifiedLayerNormalization",
      domain: MICROSOFT,
      inputs: [residual, added, this.#stored.vector(weight)],
      outputs: [normed, null, null, sum],
      attributes: { epsilon: float(this.#config.normEpsilon) },
    });
    return [normed, sum];
  }

  declareCacheOutputs(): void {
    for (const present of this.#presents) this.#graph.output(present);
  }
}

function widened(tensor: Tensor, width: number): Shape {
  return [...tensor.shape.slice(0, 2), width];
}
