/** The numbers of LoRA adapters: how they begin, and how they become part of the weights. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { parameterSpecs, type ParameterSpec } from "../../src/core/model/parameters.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Random } from "../../src/core/random.ts";
import { gemm } from "../autograd/operators.ts";
import { allocateBlock, parameterLayout, type ParameterBlock } from "./parameter-store.ts";
import type { TrainedPart } from "./trained-part.ts";

/** A at random and B at zero: training begins with the model as it is (Hu et al., 2021, section 4.1). */
export function initialiseAdapters(
  { values }: ParameterBlock,
  { adapters }: TrainedPart,
  random: Random,
): void {
  for (const { down, up } of adapters.values()) {
    const { data } = values.get(down.name)!;
    const deviation = 1 / Math.sqrt(down.shape[1]);
    for (let i = 0; i < data.length; i++) data[i] = random.normal() * deviation;
    values.get(up.name)!.data.fill(0);
  }
}

/** The weights that have an adapter. */
export function adaptedSpecs(config: ModelConfig, { adapters }: TrainedPart): ParameterSpec[] {
  return parameterSpecs(config).filter(({ name }) => adapters.has(name));
}

export const mergedName = (parameter: string) => `merged.${parameter}`;

/** Inputs: the weights that have an adapter, and the adapters. Outputs: `merged.*`, W + Bᵀ A. */
export function buildMergeGraph(config: ModelConfig, part: TrainedPart): Uint8Array {
  const graph = new OnnxGraph();
  const input = ({ name, shape }: ParameterSpec) => graph.input(name, "float32", shape);
  for (const spec of adaptedSpecs(config, part)) {
    const { down, up } = part.adapters.get(spec.name)!;
    const options = { transA: true, plus: input(spec) };
    graph.output(gemm(graph, input(up), input(down), options), mergedName(spec.name));
  }
  return graph.toBytes();
}

/**
 * The weights of the model as it answers, the adapters made part of them: every
 * call brings the same block up to date.
 */
export function mergedWeights(
  runtime: Runtime,
  config: ModelConfig,
  part: TrainedPart,
  weights: ParameterBlock,
): () => ParameterBlock {
  if (part.adapters.size === 0) return () => weights;
  const merged = allocateBlock(runtime, parameterLayout(config));
  return () => {
    mergeAdapters(weights, part, merged);
    return merged;
  };
}

/** Writes every weight into `merged`, W + Bᵀ A where there is an adapter. */
export function mergeAdapters(
  { values }: ParameterBlock,
  { adapters }: TrainedPart,
  merged: ParameterBlock,
): void {
  for (const [name, { data, shape }] of merged.values) {
    data.set(values.get(name)!.data);
    const adapter = adapters.get(name);
    if (!adapter) continue;
    const down = values.get(adapter.down.name)!.data;
    const up = values.get(adapter.up.name)!.data;
    addProduct(data, up, down, { columns: shape[1], rank: adapter.down.shape[0] });
  }
}

/** target += upᵀ down; target [rows, columns], up [rank, rows], down [rank, columns]. */
function addProduct(
  target: Float32Array,
  up: Float32Array,
  down: Float32Array,
  { columns, rank }: { readonly columns: number; readonly rank: number },
): void {
  const rows = target.length / columns;
  for (let row = 0, at = 0; row < rows; row++, at += columns) {
    for (let r = 0; r < rank; r++) {
      const factor = up[r * rows + row];
      for (let column = 0; column < columns; column++) {
        target[at + column] += factor * down[r * columns + column];
      }
    }
  }
}
