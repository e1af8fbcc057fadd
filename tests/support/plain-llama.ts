/**
 * The forward pass of a Llama and its relatives as the papers write it: one token after another,
 * plain loops, numbers in double precision. Slow, and the truth for graphs.
 */

import { feedForwardOf, headSize, type ModelConfig } from "../../src/core/model/config.ts";
import {
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  layerNames,
  type Weights,
} from "../../src/core/model/parameters.ts";

/** The logits after each of the tokens. */
export function plainLlama(
  config: ModelConfig,
  weights: Weights,
  tokens: readonly number[],
): number[][] {
  const weight = (name: string) => weights.get(name)!;
  const size = headSize(config);
  const keys: number[][][] = Array.from({ length: config.layers }, () => []);
  const values: number[][][] = Array.from({ length: config.layers }, () => []);

  return tokens.map((token, position) => {
    let hidden = row(weight(EMBEDDING), token, config.width);
    for (let layer = 0; layer < config.layers; layer++) {
      const names = layerNames(layer);
      const normed = rmsNorm(hidden, weight(names.attentionNorm), config.normEpsilon);
      const query = rotate(linear(weight(names.query), normed), position, size, config.ropeBase);
      keys[layer]!.push(rotate(linear(weight(names.key), normed), position, size, config.ropeBase));
      values[layer]!.push(linear(weight(names.value), normed));
      const attended = attend(query, keys[layer]!, values[layer]!, config);
      hidden = sum(hidden, linear(weight(names.output), attended));

      const fed = rmsNorm(hidden, weight(names.ffnNorm), config.normEpsilon);
      const up = linear(weight(names.up), fed);
      const activated = {
        swiglu: () => linear(weight(names.gate), fed).map((gate, i) => silu(gate) * up[i]!),
        gelu: () => up.map((value) => value * cumulativeNormal(value)),
        relu2: () => up.map((value) => Math.max(value, 0) ** 2),
      }[feedForwardOf(config, layer).activation]();
      hidden = sum(hidden, linear(weight(names.down), activated));
    }
    const last = rmsNorm(hidden, weight(FINAL_NORM), config.normEpsilon);
    return linear(weight(config.tiedEmbeddings ? EMBEDDING : HEAD), last);
  });
}

function attend(
  query: readonly number[],
  keys: readonly number[][],
  values: readonly number[][],
  config: ModelConfig,
): number[] {
  const size = headSize(config);
  const queriesPerKey = config.heads / config.kvHeads;
  return Array.from({ length: config.heads }, (_, head) => {
    const shared = Math.floor(head / queriesPerKey) * size;
    const ours = query.slice(head * size, (head + 1) * size);
    const scores = keys.map((key) => dot(ours, key.slice(shared, shared + size)) / Math.sqrt(size));
    const largest = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - largest));
    const total = shares.reduce((a, b) => a + b, 0);
    return Array.from({ length: size }, (_, i) =>
      values.reduce((mean, value, at) => mean + (shares[at]! / total) * value[shared + i]!, 0),
    );
  }).flat();
}

/** Hugging Face's order: dimension i turns together with i + half. */
function rotate(vector: readonly number[], position: number, size: number, base: number): number[] {
  const half = size / 2;
  return vector.map((value, index) => {
    const within = index % size;
    const angle = position / base ** ((2 * (within % half)) / size);
    const partner = within < half ? -vector[index + half]! : vector[index - half]!;
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

const silu = (value: number) => value / (1 + Math.exp(-value));

/** Φ(x) by its power series: 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …). */
function cumulativeNormal(x: number): number {
  let total = 0;
  for (let odd = 1, term = x; Math.abs(term) > 1e-17; odd += 2, term *= (x * x) / odd)
    total += term;
  return 0.5 + (total * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

function rmsNorm(vector: readonly number[], weight: Float32Array, epsilon: number): number[] {
  const square = dot(vector, vector) / vector.length;
  return vector.map((value, i) => (value / Math.sqrt(square + epsilon)) * weight[i]!);
}

/** `weight` is [out, in]. */
function linear(weight: Float32Array, input: readonly number[]): number[] {
  return Array.from({ length: weight.length / input.length }, (_, out) =>
    dot(row(weight, out, input.length), input),
  );
}

function row(matrix: Float32Array, index: number, width: number): number[] {
  return Array.from(matrix.subarray(index * width, (index + 1) * width));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0);
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}
