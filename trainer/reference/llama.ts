/**
 * The same model once more, in plain TensorFlow.js: the truth that the tape's
 * loss and gradients are held against.
 *
 * Written as the papers write it, one primitive operation after another, and
 * differentiated by TensorFlow.js itself. Knows nothing of tapes, graphs or
 * ONNX Runtime, so an error in one is not repeated in the other.
 */

import type * as tf from "@tensorflow/tfjs";

import { feedForwardOf, headSize, type ModelConfig } from "../../src/core/model/config.ts";
import {
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  layerNames,
  parameterSpecs,
  type ParameterSpec,
  type Weights,
} from "../../src/core/model/parameters.ts";
import type { Batch } from "../data/batch.ts";
import { dropoutNames } from "../model/transformer.ts";
import { trainedPart, WHOLE_MODEL, type TrainedPart } from "../model/trained-part.ts";
import type { TensorFlow } from "./open-tensorflow.ts";

type Parameters = ReadonlyMap<string, tf.Tensor>;

/** Added to scores that must not count. */
const MASKED = -1e9;

export interface ReferenceOptions {
  /** What is trained; the whole model by default. */
  readonly part?: TrainedPart;
  /** Of dropout, by `dropoutNames`; [rows * context, width] each. */
  readonly masks?: Weights;
  /** Σ weight · −log p(target) by default. */
  readonly lossOf?: ReferenceLoss;
}

/** The loss of a batch from log p(target) [rows * context], in plain operations. */
export type ReferenceLoss = (
  tensorFlow: TensorFlow,
  logProbabilities: tf.Tensor,
  batch: Batch,
) => tf.Scalar;

export interface LossAndGradients {
  /** In nats. */
  readonly loss: number;
  /** By name, of what is trained. */
  readonly gradients: Weights;
}

export function lossAndGradients(
  tensorFlow: TensorFlow,
  config: ModelConfig,
  weights: Weights,
  batch: Batch,
  options: ReferenceOptions = {},
): LossAndGradients {
  const { part = trainedPart(config, WHOLE_MODEL), masks, lossOf = weightedLoss } = options;
  const { specs, adapters } = part;
  const tensorOf = ({ name, shape }: ParameterSpec) =>
    tensorFlow.tensor(weights.get(name)!, [...shape], "float32");
  const lossWith = (...parameters: tf.Tensor[]) => {
    const named = new Map(parameterSpecs(config).map((spec) => [spec.name, tensorOf(spec)]));
    specs.forEach(({ name }, i) => named.set(name, parameters[i]));
    for (const [name, { down, up }] of adapters) {
      const change = tensorFlow.matMul(named.get(up.name)!, named.get(down.name)!, true);
      named.set(name, tensorFlow.add(named.get(name)!, change));
    }
    const model = new Llama(tensorFlow, config, named, masks);
    return lossOf(tensorFlow, model.logProbabilities(batch), batch);
  };
  tensorFlow.engine().startScope(); // ends the life of every tensor made in between
  try {
    const tensors = specs.map(tensorOf);
    const { value, grads } = tensorFlow.valueAndGrads(lossWith)(tensors);
    const found = specs.map(
      ({ name }, i) => [name, Float32Array.from(grads[i].dataSync())] as const,
    );
    return { loss: value.dataSync()[0], gradients: new Map(found) };
  } finally {
    tensorFlow.engine().endScope();
  }
}

const weightedLoss: ReferenceLoss = (tensorFlow, logProbabilities, { weights }) =>
  tensorFlow.neg(tensorFlow.sum(tensorFlow.mul(logProbabilities, tensorFlow.tensor1d(weights))));

class Llama {
  readonly #tf: TensorFlow;
  readonly #config: ModelConfig;
  readonly #parameters: Parameters;
  readonly #masks: Weights | undefined;

  constructor(
    tensorFlow: TensorFlow,
    config: ModelConfig,
    parameters: Parameters,
    masks?: Weights,
  ) {
    this.#tf = tensorFlow;
    this.#config = config;
    this.#parameters = parameters;
    this.#masks = masks;
  }

  /** log p(target) [rows * context] */
  logProbabilities(batch: Batch): tf.Tensor {
    const { tiedEmbeddings, vocabSize } = this.#config;
    const hidden = this.#hidden(batch); // [n, width]
    const logits = this.#tf.matMul(
      hidden,
      this.#weight(tiedEmbeddings ? EMBEDDING : HEAD),
      false,
      true,
    );
    const targets = this.#tf.oneHot(this.#tf.tensor1d(batch.targets, "int32"), vocabSize);
    return this.#tf.sum(this.#tf.mul(this.#tf.logSoftmax(logits), targets), 1);
  }

  #hidden(batch: Batch): tf.Tensor {
    const tokens = this.#tf.tensor1d(batch.tokens, "int32");
    const mask = this.#mask(batch);
    let x = this.#tf.gather(this.#weight(EMBEDDING), tokens);
    for (let layer = 0; layer < this.#config.layers; layer++) {
      const names = layerNames(layer);
      const attended = this.#attention(this.#norm(x, names.attentionNorm), layer, batch, mask);
      const dropped = dropoutNames(layer);
      x = this.#tf.add(x, this.#drop(this.#linear(attended, names.output), dropped.attention));
      const normed = this.#norm(x, names.ffnNorm);
      const fed = this.#activated(normed, layer);
      x = this.#tf.add(x, this.#drop(this.#linear(fed, names.down), dropped.feedForward));
    }
    return this.#norm(x, FINAL_NORM);
  }

  #activated(normed: tf.Tensor, layer: number): tf.Tensor {
    const { gate, up } = layerNames(layer);
    const risen = this.#linear(normed, up);
    const { activation } = feedForwardOf(this.#config, layer);
    if (activation === "relu2") return this.#tf.square(this.#tf.relu(risen));
    if (activation === "gelu") {
      const erf = this.#tf.erf(this.#tf.div(risen, Math.SQRT2));
      return this.#tf.mul(risen, this.#tf.div(this.#tf.add(erf, 1), 2));
    }
    const gated = this.#linear(normed, gate);
    return this.#tf.mul(this.#tf.mul(gated, this.#tf.sigmoid(gated)), risen);
  }

  #drop(x: tf.Tensor, name: string): tf.Tensor {
    const mask = this.#masks?.get(name);
    return mask ? this.#tf.mul(x, this.#tf.tensor(mask, x.shape)) : x;
  }

  /** x [n, width] → [n, width] */
  #attention(x: tf.Tensor, layer: number, batch: Batch, mask: tf.Tensor): tf.Tensor {
    const { heads, kvHeads, width } = this.#config;
    const size = headSize(this.#config);
    const { rows, context } = batch;
    const names = layerNames(layer);
    const split = (name: string, count: number) => {
      const projected = this.#tf.reshape(this.#linear(x, name), [rows, context, count, size]);
      return this.#tf.transpose(projected, [0, 2, 1, 3]); // [rows, count, context, size]
    };
    const query = this.#rotate(split(names.query, heads), context);
    const key = this.#repeat(this.#rotate(split(names.key, kvHeads), context), batch);
    const value = this.#repeat(split(names.value, kvHeads), batch);
    const scores = this.#tf.div(this.#tf.matMul(query, key, false, true), Math.sqrt(size));
    const shares = this.#tf.softmax(this.#tf.add(scores, mask));
    const mixed = this.#tf.transpose(this.#tf.matMul(shares, value), [0, 2, 1, 3]);
    return this.#tf.reshape(mixed, [rows * context, width]);
  }

  /** Each key/value head serves a group of neighbouring query heads. */
  #repeat(x: tf.Tensor, { rows, context }: Batch): tf.Tensor {
    const { heads, kvHeads } = this.#config;
    const size = headSize(this.#config);
    // three dimensions, because the gradient of tile knows no more than four
    const single = this.#tf.reshape(x, [rows * kvHeads, 1, context * size]);
    const tiled = this.#tf.tile(single, [1, heads / kvHeads, 1]);
    return this.#tf.reshape(tiled, [rows, heads, context, size]);
  }

  /** Dimension i turns together with i + half, by position / base^(2i / size). */
  #rotate(x: tf.Tensor, context: number): tf.Tensor {
    const half = headSize(this.#config) / 2;
    const angles = Array.from({ length: context }, (_, position) =>
      Array.from({ length: half }, (_, i) => position / this.#config.ropeBase ** (i / half)),
    );
    const cosine = this.#tf.tensor2d(angles.map((row) => row.map(Math.cos)));
    const sine = this.#tf.tensor2d(angles.map((row) => row.map(Math.sin)));
    const [first, second] = this.#tf.split(x, 2, 3);
    return this.#tf.concat(
      [
        this.#tf.sub(this.#tf.mul(first, cosine), this.#tf.mul(second, sine)),
        this.#tf.add(this.#tf.mul(second, cosine), this.#tf.mul(first, sine)),
      ],
      3,
    );
  }

  #norm(x: tf.Tensor, weight: string): tf.Tensor {
    const square = this.#tf.mean(this.#tf.square(x), 1, true);
    const rms = this.#tf.sqrt(this.#tf.add(square, this.#config.normEpsilon));
    return this.#tf.mul(this.#tf.div(x, rms), this.#weight(weight));
  }

  #linear(x: tf.Tensor, weight: string): tf.Tensor {
    return this.#tf.matMul(x, this.#weight(weight), false, true);
  }

  /** A position sees those before it, and itself, in its own segment: [rows, 1, context, context]. */
  #mask({ rows, context, segments }: Batch): tf.Tensor {
    const mask = new Float32Array(rows * context * context).fill(MASKED);
    for (let query = 0; query < rows * context; query++) {
      const row = query - (query % context);
      for (let key = row; key <= query; key++) {
        if (segments[key] === segments[query]) mask[query * context + (key - row)] = 0;
      }
    }
    return this.#tf.tensor4d(mask, [rows, 1, context, context]);
  }

  #weight(name: string): tf.Tensor {
    return this.#parameters.get(name)!;
  }
}
