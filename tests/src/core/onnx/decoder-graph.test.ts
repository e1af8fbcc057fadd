import { describe, expect, it } from "vitest";

import { ModelConfig } from "../../../../src/core/model/config.ts";
import { parameterSpecs, type Weights } from "../../../../src/core/model/parameters.ts";
import { buildDecoderGraph } from "../../../../src/core/onnx/decoder-graph.ts";
import { Random } from "../../../../src/core/random.ts";
import { randomWeights } from "../../../../src/generate/random-model.ts";
import { plainLlama } from "../../../support/plain-llama.ts";
import { RUNTIMES, runtimeOf, someIds, TINY, tinyDecoder } from "../../../support/tiny-model.ts";

const UNTIED = ModelConfig.parse({ ...TINY, tiedEmbeddings: false, ropeBase: 500 });

const UNUSUAL = ModelConfig.parse({
  ...UNTIED,
  layers: 3,
  ffnWidth: [96, 40, 33],
  activation: ["swiglu", "gelu", "relu2"],
});

describe("the decoder graph", () => {
  it.each([
    ["tied embeddings", TINY],
    ["a head of its own", UNTIED],
    ["layers of different width", ModelConfig.parse({ ...TINY, ffnWidth: [96, 40] })],
    ["GELU without a gate", ModelConfig.parse({ ...TINY, activation: "gelu" })],
    ["squared ReLU without a gate", ModelConfig.parse({ ...TINY, activation: "relu2" })],
    ["everything unusual at once", UNUSUAL],
  ])("computes what a textbook Llama computes, with %s", async (_, config) => {
    const weights = unevenNorms(config);
    const model = buildDecoderGraph(config, weights);
    const decoder = await tinyDecoder({ config, model });
    const ids = someIds(20);
    const truth = plainLlama(config, weights, ids);
    for (const [position, id] of ids.entries()) {
      const logits = await decoder.read(0, position, [id]);
      expect(largestDifference(logits, truth[position]!)).toBeLessThan(2e-5);
    }
  });

  it.each(RUNTIMES)(
    "gives a longer present for every past, as transformers.js uses it (%s)",
    async (kind) => {
      const weights = randomWeights(TINY, 1);
      const runtime = await runtimeOf(kind);
      const session = await runtime.session(buildDecoderGraph(TINY, weights), { threads: 1 });
      const ids = someIds(7);
      const [first, second] = [ids.slice(0, 4), ids.slice(4)];
      const truth = plainLlama(TINY, weights, ids);

      const run = async (tokens: number[], pasts: Float32Array[], kept: number) => {
        const past = pasts[0]!.length / (TINY.kvHeads * 16);
        const total = past + tokens.length;
        const int64 = (values: readonly number[], shape: readonly number[]) => {
          const memory = runtime.allocate("int64", values.length);
          memory.data.set(values.map(BigInt));
          return runtime.value(memory, shape);
        };
        const cache = (length: number, data?: Float32Array) => {
          const memory = runtime.allocate("float32", TINY.kvHeads * length * 16);
          if (data) memory.data.set(data);
          return runtime.value(memory, [1, TINY.kvHeads, length, 16]);
        };
        const logits = runtime.value(runtime.allocate("float32", kept * 300), [1, kept, 300]);
        const presents = pasts.map(() => cache(total));
        const names = [0, 1].flatMap((layer) => [`${layer}.key`, `${layer}.value`]);
        await session
          .bind(
            {
              input_ids: int64(tokens, [1, tokens.length]),
              attention_mask: int64(
                Array.from({ length: total }, () => 1),
                [1, total],
              ),
              num_logits_to_keep: int64([kept], []),
              ...Object.fromEntries(
                names.map((name, i) => [`past_key_values.${name}`, cache(past, pasts[i])]),
              ),
            },
            {
              logits,
              ...Object.fromEntries(names.map((name, i) => [`present.${name}`, presents[i]!])),
            },
          )
          .run();
        return { logits: logits.data, presents: presents.map(({ data }) => data) };
      };

      const nothing = Array.from({ length: 4 }, () => new Float32Array(0));
      const one = await run(first, nothing, 2);
      expect(largestDifference(one.logits, truth.slice(2, 4).flat())).toBeLessThan(2e-5);
      const two = await run(second, one.presents, 1);
      expect(largestDifference(two.logits, truth[6]!)).toBeLessThan(2e-5);
      session.release();
    },
  );

  it("stores half floats in half the file and computes with their values", async () => {
    const weights = randomWeights(TINY, 1);
    const whole = buildDecoderGraph(TINY, weights);
    const half = buildDecoderGraph(TINY, weights, { storage: "float16" });
    expect(half.length / whole.length).toBeLessThan(0.6);
    const ids = someIds(12);
    const exact = await (await tinyDecoder({ model: whole })).read(0, 0, ids);
    const rounded = await (await tinyDecoder({ model: half })).read(0, 0, ids);
    const difference = largestDifference(rounded, Array.from(exact));
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.01);
  });
});

/** Norms that are not all 1, so that each must be in its place. */
function unevenNorms(config: typeof TINY): Weights {
  const random = new Random(2);
  const norms = parameterSpecs(config).filter(({ shape }) => shape.length === 1);
  return new Map([
    ...randomWeights(config, 1),
    ...norms.map(
      ({ name }) =>
        [name, Float32Array.from({ length: config.width }, () => 0.5 + random.next())] as const,
    ),
  ]);
}

function largestDifference(actual: Float32Array, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
}
