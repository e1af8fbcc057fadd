/**
 * Proves an export: the trained graph, the exported graph read at once, and
 * the exported graph read token by token through its KV cache must agree on
 * the logits of every position and on the greedy token.
 */

import { headSize, type ModelConfig } from "../../src/core/model/config.ts";
import {
  ATTENTION_MASK,
  cacheNames,
  INPUT_IDS,
  LOGITS,
  LOGITS_TO_KEEP,
} from "../../src/core/onnx/decoder-graph.ts";
import { indexOfLargest } from "../../src/core/decoder/largest.ts";
import { openOnnxDecoder } from "../../src/core/decoder/onnx-decoder.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { HintedError } from "../../src/core/errors.ts";
import { buildLogitsGraph } from "../model/evaluation-graph.ts";
import { namedValues, type ParameterBlock } from "../model/parameter-store.ts";

/** Differences of float32 sums in another order stay far below this; a wrong graph far above. */
const TOLERANCE = 2e-3;

export interface Parity {
  readonly positions: number;
  /** Largest difference of any logit from the trained graph's. */
  readonly fullDifference: number;
  readonly cachedDifference: number;
  /** Positions at which all three have the same likeliest token. */
  readonly equalGreedy: number;
}

export interface ParityInput {
  readonly config: ModelConfig;
  readonly weights: ParameterBlock;
  readonly model: Uint8Array;
  /** A conversation of at most `context` tokens. */
  readonly ids: readonly number[];
}

export async function measureParity(runtime: Runtime, input: ParityInput): Promise<Parity> {
  const { vocabSize } = input.config;
  const [trained, full, cached] = [
    await trainedLogits(runtime, input),
    await fullLogits(runtime, input),
    await cachedLogits(runtime, input),
  ];
  let equalGreedy = 0;
  for (let position = 0; position < input.ids.length; position++) {
    const row = [position * vocabSize, (position + 1) * vocabSize] as const;
    const best = [trained, full, cached].map((logits) => indexOfLargest(logits.subarray(...row)));
    if (best.every((id) => id === best[0])) equalGreedy++;
  }
  return {
    positions: input.ids.length,
    fullDifference: largestDifference(trained, full),
    cachedDifference: largestDifference(trained, cached),
    equalGreedy,
  };
}

/** @throws HintedError if the three do not agree; NaN agrees with nothing. */
export function requireParity(parity: Parity): void {
  const { positions, fullDifference, cachedDifference, equalGreedy } = parity;
  const agrees = fullDifference < TOLERANCE && cachedDifference < TOLERANCE;
  if (agrees && equalGreedy === positions) return;
  throw new HintedError(
    `The exported model does not agree with the trained one: ${sentenceOf(parity)}.`,
    { hint: "Nothing was exported. Train on, or report this with the experiment's run.json." },
  );
}

export function sentenceOf(parity: Parity): string {
  const { positions, fullDifference, cachedDifference, equalGreedy } = parity;
  return (
    `largest logit difference ${fullDifference.toExponential(1)} read at once, ` +
    `${cachedDifference.toExponential(1)} through the cache, ` +
    `${equalGreedy} of ${positions} greedy tokens equal`
  );
}

async function trainedLogits(
  runtime: Runtime,
  { config, weights, ids }: ParityInput,
): Promise<Float32Array> {
  const { context, vocabSize } = config;
  const session = await runtime.session(buildLogitsGraph(config, { rows: 1, context }, runtime));
  const tokens = runtime.value(runtime.allocate("int64", context), [context]);
  const segments = runtime.value(runtime.allocate("int32", context), [1, context]);
  const logits = runtime.value(runtime.allocate("float32", context * vocabSize), [
    context,
    vocabSize,
  ]);
  ids.forEach((id, position) => {
    tokens.data[position] = BigInt(id);
    segments.data[position] = 1;
  });
  await session.bind({ tokens, segments, ...namedValues(weights) }, { logits }).run();
  session.release();
  return logits.data.slice(0, ids.length * vocabSize);
}

async function fullLogits(
  runtime: Runtime,
  { config, model, ids }: ParityInput,
): Promise<Float32Array> {
  const session = await runtime.session(model, { device: "cpu" }); // where it will be served
  const count = ids.length;
  const integers = (values: readonly number[], shape: readonly number[]) => {
    const value = runtime.value(runtime.allocate("int64", values.length), shape);
    value.data.set(values.map(BigInt));
    return value;
  };
  const shape = [1, config.kvHeads, config.context, headSize(config)];
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  const names = Array.from({ length: config.layers }, (_, layer) => cacheNames(layer)).flat();
  const caches = names.map((name) => ({
    ...name,
    value: runtime.value(runtime.allocate("float32", elements), shape),
  }));
  const logits = runtime.value(runtime.allocate("float32", count * config.vocabSize), [
    1,
    count,
    config.vocabSize,
  ]);
  const run = session.bind(
    {
      [INPUT_IDS]: integers(ids, [1, count]),
      [ATTENTION_MASK]: integers(
        ids.map(() => 1),
        [1, count],
      ),
      [LOGITS_TO_KEEP]: integers([count], []),
      ...Object.fromEntries(caches.map(({ past, value }) => [past, value])),
    },
    {
      [LOGITS]: logits,
      ...Object.fromEntries(caches.map(({ present, value }) => [present, value])),
    },
  );
  await run.run();
  session.release();
  return logits.data;
}

async function cachedLogits(
  runtime: Runtime,
  { config, model, ids }: ParityInput,
): Promise<Float32Array> {
  const decoder = await openOnnxDecoder(runtime, model, config, { slots: 1 });
  const all = new Float32Array(ids.length * config.vocabSize);
  for (const [position, id] of ids.entries()) {
    const logits = await decoder.read(0, position, [id]);
    all.set(logits, position * config.vocabSize);
  }
  decoder.dispose();
  return all;
}

/** NaN if anything is NaN: `Math.max` would do the same, but not on arrays this long. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}
