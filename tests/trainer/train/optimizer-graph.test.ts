/** The optimizer's graph against the same formulas as plain loops in double precision. */

import { describe, expect, it } from "vitest";

import { EMBEDDING, HEAD, parameterSpecs } from "../../../src/core/model/parameters.ts";
import { Random } from "../../../src/core/random.ts";
import { momentNames } from "../../../trainer/train/optimizer-graph.ts";
import { trainedPart, WHOLE_MODEL } from "../../../trainer/model/trained-part.ts";
import type { StepEngine } from "../../../trainer/train/step-engine.ts";
import { blended, matrix, product, transposed, type Matrix } from "../support/matrix.ts";
import { relativeError } from "../support/relative-error.ts";
import { tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const config = tinyConfig({ layers: 1, kvHeads: 1, tiedEmbeddings: false });
const LEARNING_RATE = 0.01;
/** Of the embedding and the head, as a multiple. */
const EMBEDDING_RATE = 3;
const EMBEDDING_BETAS = [0.6, 0.99] as const;
const BETAS = [0.9, 0.95] as const;
const isOfVocabulary = (name: string) => name === EMBEDDING || name === HEAD;
const WEIGHT_DECAY = 0.1;
const STEPS = 3;

interface State {
  readonly shape: readonly number[];
  weight: Float64Array;
  first: Float64Array;
  second: Float64Array;
}

type Rule = (state: State, gradient: Float64Array, step: number) => void;

/** Runs both for a few steps on the same gradients; answers with the worst difference by weight. */
async function compare(
  engine: StepEngine,
  ruleOf: (name: string, shape: readonly number[]) => Rule,
) {
  const random = new Random(3);
  const states = new Map(
    parameterSpecs(config).map(({ name, shape }): [string, State] => {
      const weight = Float64Array.from(engine.weights.values.get(name)!.data);
      const none = () => new Float64Array(weight.length);
      return [name, { shape, weight, first: none(), second: none() }];
    }),
  );
  for (let step = 1; step <= STEPS; step++) {
    const clip = 1 / step;
    for (const [name, state] of states) {
      const { data } = engine.gradients.values.get(name)!;
      for (let i = 0; i < data.length; i++) data[i] = random.normal();
      const clipped = Float64Array.from(data, (value) => value * clip);
      ruleOf(name, state.shape)(state, clipped, step);
    }
    await engine.update({
      step,
      learningRate: LEARNING_RATE,
      embeddingRate: EMBEDDING_RATE,
      embeddingBetas: EMBEDDING_BETAS,
      weightDecay: WEIGHT_DECAY,
      clip,
    });
  }
  return [...states].map(([name, { weight }]) => ({
    name,
    error: relativeError(engine.weights.values.get(name)!.data, weight),
  }));
}

/** Loshchilov & Hutter, 2019, algorithm 2, with decay on matrices only. */
const adamW =
  (rate: number, [beta1, beta2]: readonly [number, number]): Rule =>
  (state, gradient, step) => {
    const decay = state.shape.length > 1 ? LEARNING_RATE * WEIGHT_DECAY : 0;
    gradient.forEach((g, i) => {
      state.first[i] = beta1 * state.first[i] + (1 - beta1) * g;
      state.second[i] = beta2 * state.second[i] + (1 - beta2) * g * g;
      const mean = state.first[i] / (1 - beta1 ** step);
      const square = state.second[i] / (1 - beta2 ** step);
      state.weight[i] -= decay * state.weight[i] + (rate * mean) / (Math.sqrt(square) + 1e-8);
    });
  };

const adamWOf = (name: string): Rule =>
  isOfVocabulary(name)
    ? adamW(LEARNING_RATE * EMBEDDING_RATE, EMBEDDING_BETAS)
    : adamW(LEARNING_RATE, BETAS);

/** Jordan, 2024, with Nesterov's momentum and Adam-sized updates. */
const muon: Rule = (state, gradient) => {
  const [rows, columns] = state.shape;
  state.first = state.first.map((value, i) => 0.95 * value + gradient[i]);
  const direction = state.first.map((value, i) => gradient[i] + 0.95 * value);
  const { data } = orthogonal(matrix(rows, columns, direction));
  const size = 0.2 * Math.sqrt(Math.max(rows, columns));
  state.weight = state.weight.map(
    (value, i) => value * (1 - LEARNING_RATE * WEIGHT_DECAY) - LEARNING_RATE * size * data[i],
  );
};

function orthogonal(given: Matrix): Matrix {
  const norm = Math.hypot(...given.data);
  let x: Matrix = { ...given, data: given.data.map((value) => value / norm) };
  for (let iteration = 0; iteration < 5; iteration++) {
    const square = product(x, transposed(x));
    const polynomial = blended(-4.775, square, 2.0315, product(square, square));
    x = blended(3.4445, x, 1, product(polynomial, x));
  }
  return x;
}

describe("the optimizer", () => {
  it("steps like AdamW", async () => {
    const errors = await compare(await tinyEngine(config), adamWOf);
    expect(errors.filter(({ error }) => !(error < 1e-5))).toEqual([]);
  });

  it("steps like Muon inside the layers and like AdamW elsewhere", async () => {
    const engine = await tinyEngine(config, { optimizer: "muon", lanes: 2 });
    const errors = await compare(engine, (name, shape) =>
      shape.length === 2 && !isOfVocabulary(name) ? muon : adamWOf(name),
    );
    expect(errors.filter(({ error }) => !(error < 1e-4))).toEqual([]);
  });

  it("keeps a second moment only where one is used", () => {
    const names = momentNames(trainedPart(config, WHOLE_MODEL), "muon");
    expect(names).toContain(`second_moment.${EMBEDDING}`);
    expect(names).toContain("first_moment.model.layers.0.mlp.up_proj.weight");
    expect(names).not.toContain("second_moment.model.layers.0.mlp.up_proj.weight");
  });
});
