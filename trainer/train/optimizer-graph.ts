/**
 * AdamW as an ONNX graph that updates weights and moments in place
 * (Kingma & Ba, 2015; Loshchilov & Hutter, 2019).
 *
 *   m ← β1 m + (1 − β1) s g        v ← β2 v + (1 − β2) (s g)²
 *   w ← (1 − lr · decay) w − lr' · m / (√v + ε')
 *
 * s is the clipping factor; lr' and ε' carry the bias corrections, so the graph
 * itself knows no step number. Decay touches matrices only, as usual.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { parameterSpecs } from "../../src/core/model/parameters.ts";
import { OnnxGraph, type Tensor } from "../../src/core/onnx/graph.ts";
import { add, divide, multiply, subtract, unary } from "../autograd/operators.ts";
import { gradientName } from "../model/training-graph.ts";

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const ADAM: AdamOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };

export const firstMomentName = (parameter: string) => `first_moment.${parameter}`;
export const secondMomentName = (parameter: string) => `second_moment.${parameter}`;
export const updated = (name: string) => `updated.${name}`;

/** The scalars of one step. */
export const OPTIMIZER_SCALARS = ["clip", "rate", "keep", "epsilon"] as const;
export type OptimizerScalars = Readonly<Record<(typeof OPTIMIZER_SCALARS)[number], number>>;

/**
 * Inputs: the four scalars; per parameter itself, `gradient.*`,
 * `first_moment.*`, `second_moment.*`. Outputs: `updated.*` of the parameter
 * and of both moments, meant to lie where the inputs lie.
 */
export function buildAdamGraph(config: ModelConfig, { beta1, beta2 }: AdamOptions): Uint8Array {
  const graph = new OnnxGraph();
  const scalars = Object.fromEntries(
    OPTIMIZER_SCALARS.map((name) => [name, graph.input(name, "float32", [])]),
  ) as Record<(typeof OPTIMIZER_SCALARS)[number], Tensor>;

  for (const { name, shape } of parameterSpecs(config)) {
    const weight = graph.input(name, "float32", shape);
    const gradient = graph.input(gradientName(name), "float32", shape);
    const first = graph.input(firstMomentName(name), "float32", shape);
    const second = graph.input(secondMomentName(name), "float32", shape);

    const clipped = multiply(graph, gradient, scalars.clip);
    const newFirst = blend(graph, first, clipped, beta1);
    const newSecond = blend(graph, second, multiply(graph, clipped, clipped), beta2);
    const step = divide(
      graph,
      multiply(graph, newFirst, scalars.rate),
      add(graph, unary(graph, "Sqrt", newSecond), scalars.epsilon),
    );
    const kept = shape.length > 1 ? multiply(graph, weight, scalars.keep) : weight;
    graph.output(newFirst, updated(firstMomentName(name)));
    graph.output(newSecond, updated(secondMomentName(name)));
    graph.output(subtract(graph, kept, step), updated(name));
  }
  return graph.toBytes();
}

/** The scalars of step `step` (from 1). */
export function adamScalars(
  step: number,
  learningRate: number,
  weightDecay: number,
  clip: number,
  { beta1, beta2, epsilon }: AdamOptions,
): OptimizerScalars {
  const firstCorrection = 1 - beta1 ** step;
  const secondCorrection = Math.sqrt(1 - beta2 ** step);
  return {
    clip,
    rate: (learningRate * secondCorrection) / firstCorrection,
    keep: 1 - learningRate * weightDecay,
    epsilon: epsilon * secondCorrection,
  };
}

function blend(graph: OnnxGraph, old: Tensor, fresh: Tensor, beta: number): Tensor {
  return add(
    graph,
    multiply(graph, old, graph.scalar(beta)),
    multiply(graph, fresh, graph.scalar(1 - beta)),
  );
}
