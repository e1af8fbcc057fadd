/**
 * The optimizers once more, in plain TensorFlow.js, as their papers write them.
 * Shares nothing with the graph that `trainer/train/` runs, for the reason
 * that `llama.ts` gives.
 */

import type { Tensor } from "@tensorflow/tfjs";

import type { OptimizerName, OptimizerStep } from "../train/engine.ts";
import type { TensorFlow } from "./open-tensorflow.ts";

/** Of all that is not the embedding's. */
const BETAS = [0.9, 0.95] as const;

const STATE = ["weight", "firstMoment", "secondMoment"] as const;

/** The numbers of one parameter, where they lie. */
export interface Parameter extends Readonly<Record<(typeof STATE)[number], Float32Array>> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly gradient: Float32Array;
}

type State = Readonly<Record<(typeof STATE)[number], Tensor>>;
type Rule = (tf: TensorFlow, state: State, gradient: Tensor, step: OptimizerStep) => State;

/** Changes the parameter and its moments in place. */
export function updateParameter(
  tf: TensorFlow,
  optimizer: OptimizerName,
  parameter: Parameter,
  step: OptimizerStep,
): void {
  const { name, shape } = parameter;
  const isHiddenMatrix = name.startsWith("model.layers.") && shape.length === 2;
  const isOfVocabulary = name === "model.embed_tokens.weight" || name === "lm_head.weight";
  const rule = optimizer === "muon" && isHiddenMatrix ? muon : adamW;
  const options = isOfVocabulary ? step : { ...step, embeddingRate: 1, embeddingBetas: BETAS };
  tf.tidy(() => {
    const tensor = (values: Float32Array) => tf.tensor(values, [...shape], "float32");
    const { weight, firstMoment, secondMoment } = parameter;
    const state = {
      weight: tensor(weight),
      firstMoment: tensor(firstMoment),
      secondMoment: tensor(secondMoment),
    };
    const gradient = tf.mul(tensor(parameter.gradient), step.clip);
    const changed = rule(tf, state, gradient, options);
    for (const part of STATE) parameter[part].set(changed[part].dataSync());
  });
}

/** Loshchilov & Hutter, 2019, algorithm 2; only matrices decay. */
const adamW: Rule = (tf, state, gradient, options) => {
  const { step, learningRate, embeddingRate, embeddingBetas, weightDecay } = options;
  const [beta1, beta2] = embeddingBetas;
  const epsilon = 1e-8;
  const firstMoment = tf.add(tf.mul(state.firstMoment, beta1), tf.mul(gradient, 1 - beta1));
  const secondMoment = tf.add(
    tf.mul(state.secondMoment, beta2),
    tf.mul(tf.square(gradient), 1 - beta2),
  );
  const mean = tf.div(firstMoment, 1 - beta1 ** step);
  const square = tf.div(secondMoment, 1 - beta2 ** step);
  const change = tf.div(mean, tf.add(tf.sqrt(square), epsilon));
  const decay = tf.mul(state.weight, state.weight.rank > 1 ? weightDecay : 0);
  const moved = tf.add(tf.mul(change, embeddingRate), decay);
  const weight = tf.sub(state.weight, tf.mul(moved, learningRate));
  return { weight, firstMoment, secondMoment };
};

/** Jordan, 2024, with Nesterov's momentum; the size of a change as in Liu et al., 2025, section 2.2. */
const muon: Rule = (tf, state, gradient, { learningRate, weightDecay }) => {
  const momentum = 0.95;
  const firstMoment = tf.add(tf.mul(state.firstMoment, momentum), gradient);
  const ahead = tf.add(gradient, tf.mul(firstMoment, momentum));
  const size = 0.2 * Math.sqrt(Math.max(...state.weight.shape));
  const change = tf.mul(orthogonalised(tf, ahead), size);
  const decay = tf.mul(state.weight, weightDecay);
  const weight = tf.sub(state.weight, tf.mul(tf.add(change, decay), learningRate));
  return { ...state, weight, firstMoment };
};

/** Newton-Schulz: X ← a X + (b A + c A²) X with A = X Xᵀ, five times, on the wide side. */
function orthogonalised(tf: TensorFlow, matrix: Tensor): Tensor {
  const [a, b, c] = [3.4445, -4.775, 2.0315];
  const [rows, columns] = matrix.shape;
  const wide = rows > columns ? tf.transpose(matrix) : matrix;
  let x: Tensor = tf.div(wide, tf.add(tf.norm(wide), 1e-7));
  for (let iteration = 0; iteration < 5; iteration++) {
    const square = tf.matMul(x, x, false, true);
    const polynomial = tf.add(tf.mul(square, b), tf.mul(tf.matMul(square, square), c));
    x = tf.add(tf.mul(x, a), tf.matMul(polynomial, x));
  }
  return rows > columns ? tf.transpose(x) : x;
}
