/**
 * The optimizer step as one ONNX graph that updates weights and moments in
 * place: AdamW for everything (Kingma & Ba, 2015; Loshchilov & Hutter, 2019),
 * or Muon for the matrices inside the layers and AdamW for the rest (Jordan,
 * "Muon: an optimizer for hidden layers", 2024).
 *
 * Weight decay touches matrices only. What changes from step to step comes in
 * as scalars, so the graph itself knows no step number.
 */

import { EMBEDDING, HEAD, sizeOf, type ParameterSpec } from "../../src/core/model/parameters.ts";
import { OnnxGraph, type Tensor } from "../../src/core/onnx/graph.ts";
import { add, divide, multiply, subtract, unary } from "../autograd/operators.ts";
import type { TrainedPart } from "../model/trained-part.ts";
import { gradientName } from "../model/training-graph.ts";
import { USUAL_BETAS, type Betas, type OptimizerName, type OptimizerStep } from "./engine.ts";
import { orthogonalised, orthogonalisingFlops } from "./newton-schulz.ts";

const EPSILON = 1e-8;
const MUON_MOMENTUM = 0.95;
/** Gives an orthogonal update the root-mean-square size of an Adam update, so that one learning rate serves both (Liu et al., "Muon is scalable", 2025, section 2.2). */
const MUON_MATCH = 0.2;

/** A step reads and writes each element some seven times: memory, not arithmetic, takes the time. */
const FLOPS_IN_THE_TIME_OF_AN_ELEMENT = 200;

export const firstMomentName = (parameter: string) => `first_moment.${parameter}`;
export const secondMomentName = (parameter: string) => `second_moment.${parameter}`;
export const updatedName = (name: string) => `updated.${name}`;

/** The inputs that change from step to step. */
export const OPTIMIZER_SCALARS = [
  "clip",
  "learningRate",
  "adamRate",
  "adamEpsilon",
  "embeddingRate",
  "embeddingEpsilon",
  "embeddingFirstShare",
  "embeddingSecondShare",
  "keep",
] as const;
type OptimizerScalars = Readonly<Record<(typeof OPTIMIZER_SCALARS)[number], number>>;
type ScalarTensors = Readonly<Record<(typeof OPTIMIZER_SCALARS)[number], Tensor>>;

/** A step as the graph takes it: Adam's rates and epsilon carry its bias corrections. */
export function optimizerScalars({
  step,
  learningRate,
  embeddingRate,
  embeddingBetas,
  weightDecay,
  clip,
}: OptimizerStep): OptimizerScalars {
  const adam = biasCorrected(learningRate, USUAL_BETAS, step);
  const embedding = biasCorrected(learningRate * embeddingRate, embeddingBetas, step);
  return {
    clip,
    learningRate,
    adamRate: adam.rate,
    adamEpsilon: adam.epsilon,
    embeddingRate: embedding.rate,
    embeddingEpsilon: embedding.epsilon,
    embeddingFirstShare: 1 - embeddingBetas[0],
    embeddingSecondShare: 1 - embeddingBetas[1],
    keep: 1 - learningRate * weightDecay,
  };
}

/** Kingma & Ba, 2015, end of section 2. */
function biasCorrected(rate: number, [first, second]: Betas, step: number) {
  const secondCorrection = Math.sqrt(1 - second ** step);
  return {
    rate: (rate * secondCorrection) / (1 - first ** step),
    epsilon: EPSILON * secondCorrection,
  };
}

/**
 * Inputs: the scalars; per parameter itself, `gradient.*` and those of
 * `momentNames` (all of the parameter's shape). Outputs: `updated.*` of the
 * parameter and its moments, meant to lie where the inputs lie.
 */
export function buildOptimizerGraph(
  { specs }: Pick<TrainedPart, "specs">,
  optimizer: OptimizerName,
): Uint8Array {
  const graph = new OnnxGraph();
  const scalars = Object.fromEntries(
    OPTIMIZER_SCALARS.map((name) => [name, graph.input(name, "float32", [])]),
  ) as unknown as ScalarTensors; // fromEntries forgets which keys it was given

  for (const { name, shape } of specs) {
    const state: ParameterState = {
      name,
      weight: graph.input(name, "float32", shape),
      gradient: multiply(graph, graph.input(gradientName(name), "float32", shape), scalars.clip),
      first: graph.input(firstMomentName(name), "float32", shape),
    };
    if (optimizer === "muon" && isHiddenMatrix(name, shape)) muon(graph, state, scalars);
    else adamW(graph, state, scalars);
  }
  return graph.toBytes();
}

/** The moments that the graph reads and writes: Muon has no second one. */
export function momentNames(
  { specs }: Pick<TrainedPart, "specs">,
  optimizer: OptimizerName,
): Set<string> {
  return new Set(
    specs.flatMap(({ name, shape }) =>
      optimizer === "muon" && isHiddenMatrix(name, shape)
        ? [firstMomentName(name)]
        : [firstMomentName(name), secondMomentName(name)],
    ),
  );
}

/** About how much work a parameter's step is, in floating-point operations. */
export function updateFlops({ name, shape }: ParameterSpec, optimizer: OptimizerName): number {
  const memory = sizeOf(shape) * FLOPS_IN_THE_TIME_OF_AN_ELEMENT;
  return optimizer === "muon" && isHiddenMatrix(name, shape)
    ? memory + orthogonalisingFlops(shape)
    : memory;
}

interface ParameterState {
  readonly name: string;
  readonly weight: Tensor;
  /** Already clipped. */
  readonly gradient: Tensor;
  readonly first: Tensor;
}

function isHiddenMatrix(name: string, shape: readonly number[]): boolean {
  return shape.length === 2 && !isOfVocabulary(name);
}

/** Has a row for every token. */
function isOfVocabulary(name: string): boolean {
  return name === EMBEDDING || name === HEAD;
}

/** m ← β1 m + (1−β1) g;  v ← β2 v + (1−β2) g²;  w ← keep · w − rate · m / (√v + ε) */
function adamW(graph: OnnxGraph, state: ParameterState, scalars: ScalarTensors): void {
  const { name, weight, gradient, first } = state;
  const { rate, epsilon, shares } = adamSettings(graph, name, scalars);
  const second = graph.input(secondMomentName(name), "float32", weight.shape);
  const newFirst = blend(graph, first, gradient, shares[0]);
  const newSecond = blend(graph, second, multiply(graph, gradient, gradient), shares[1]);
  const step = divide(
    graph,
    multiply(graph, newFirst, rate),
    add(graph, unary(graph, "Sqrt", newSecond), epsilon),
  );
  const kept = weight.shape.length > 1 ? multiply(graph, weight, scalars.keep) : weight;
  graph.output(newFirst, updatedName(firstMomentName(name)));
  graph.output(newSecond, updatedName(secondMomentName(name)));
  graph.output(subtract(graph, kept, step), updatedName(name));
}

/** m ← μ m + g;  w ← keep · w − lr · 0.2 √max(out, in) · orthogonalised(g + μ m) */
function muon(graph: OnnxGraph, state: ParameterState, scalars: ScalarTensors): void {
  const { name, weight, gradient, first } = state;
  const momentum = graph.scalar(MUON_MOMENTUM);
  const newFirst = add(graph, multiply(graph, first, momentum), gradient);
  const direction = orthogonalised(
    graph,
    add(graph, gradient, multiply(graph, newFirst, momentum)),
  );
  const size = MUON_MATCH * Math.sqrt(Math.max(...weight.shape.map(Number)));
  const rate = multiply(graph, scalars.learningRate, graph.scalar(size));
  const step = multiply(graph, direction, rate);
  graph.output(newFirst, updatedName(firstMomentName(name)));
  graph.output(subtract(graph, multiply(graph, weight, scalars.keep), step), updatedName(name));
}

/** The shares are what the moments take of the new gradient: 1 − β. */
function adamSettings(graph: OnnxGraph, name: string, scalars: ScalarTensors) {
  if (isOfVocabulary(name)) {
    const shares = [scalars.embeddingFirstShare, scalars.embeddingSecondShare] as const;
    return { rate: scalars.embeddingRate, epsilon: scalars.embeddingEpsilon, shares };
  }
  const shares = [graph.scalar(1 - USUAL_BETAS[0]), graph.scalar(1 - USUAL_BETAS[1])] as const;
  return { rate: scalars.adamRate, epsilon: scalars.adamEpsilon, shares };
}

/** old + share · (fresh − old) */
function blend(graph: OnnxGraph, old: Tensor, fresh: Tensor, share: Tensor): Tensor {
  return add(graph, old, multiply(graph, subtract(graph, fresh, old), share));
}
