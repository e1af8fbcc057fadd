/**
 * A whole model folder with weights drawn at random: it says nothing worth
 * reading, as fast as a trained one of its shape. For benchmarks and tests.
 */

import { basename, join } from "node:path";

import { toConfigJson, toGenerationConfigJson } from "../core/experiment/config-files.ts";
import { readManifest } from "../core/experiment/manifest.ts";
import { readOrigin } from "../core/experiment/origin.ts";
import { experimentPaths } from "../core/experiment/paths.ts";
import { RUN_SCHEMA, writeRunRecord } from "../core/experiment/run-record.ts";
import { writeFileAtomic } from "../core/files.ts";
import type { ModelConfig } from "../core/model/config.ts";
import { EMBEDDING, HEAD, parameterSpecs, sizeOf, type Weights } from "../core/model/parameters.ts";
import { buildDecoderGraph } from "../core/onnx/decoder-graph.ts";
import { Random } from "../core/random.ts";
import { chatTokenizerOf } from "../core/tokenizer/byte-pair-tokenizer.ts";
import { FIRST_BYTE, ourDefinition, SMALLEST_VOCABULARY } from "../core/tokenizer/definition.ts";
import { toTokenizerConfig } from "../core/tokenizer/tokenizer-config.ts";
import { toTokenizerJson } from "../core/tokenizer/tokenizer-file.ts";
import type { ChatTokenizer, TokenId } from "../core/tokenizer/tokenizer.ts";

/** The width of the uniform distribution that weights come from. */
const SPREAD = 0.25;

export async function writeRandomModel(
  folder: string,
  config: ModelConfig,
  seed: number,
): Promise<void> {
  const paths = experimentPaths(folder);
  const tokenizer = letterTokenizer(config.vocabSize);
  await writeFileAtomic(paths.config, toConfigJson(config, tokenizer.specials));
  await writeFileAtomic(paths.generationConfig, toGenerationConfigJson(tokenizer.specials));
  await writeFileAtomic(paths.tokenizer, toTokenizerJson(tokenizer));
  await writeFileAtomic(paths.tokenizerConfig, toTokenizerConfig(config.context));
  await writeFileAtomic(
    join(folder, "onnx", "model.onnx"),
    buildDecoderGraph(config, randomWeights(config, seed)),
  );
  const now = new Date().toISOString();
  const nothing = { train: 0, validation: 0, test: 0 };
  await writeRunRecord(folder, {
    schema: RUN_SCHEMA,
    name: basename(folder),
    created: now,
    finished: now,
    status: "finished",
    flags: {},
    seed,
    model: config,
    training: {},
    data: { files: [], conversations: nothing, tokens: nothing, sources: [] },
    tokenizerHash: tokenizer.hash,
    results: {},
    parity: {},
    ...(await readOrigin()),
    files: await readManifest(folder),
  });
}

/** Special tokens score exactly 0, so that a greedy reply does not end before its length. */
export function randomWeights(config: ModelConfig, seed: number): Weights {
  const random = new Random(seed);
  const weights = new Map<string, Float32Array>();
  for (const { name, shape } of parameterSpecs(config)) {
    const values = new Float32Array(sizeOf(shape)).fill(1); // norms
    if (shape.length > 1) {
      for (let i = 0; i < values.length; i++) values[i] = (random.next() - 0.5) * SPREAD;
    }
    if (name === EMBEDDING || name === HEAD) values.fill(0, 0, FIRST_BYTE * config.width);
    weights.set(name, values);
  }
  return weights;
}

/** Bytes, then strings of letters, shortest first, until the vocabulary is full. */
function letterTokenizer(vocabSize: number): ChatTokenizer {
  const letters = Array.from(
    Buffer.from("abcdefghijklmnopqrstuvwxyz"),
    (byte) => byte + FIRST_BYTE,
  );
  const pairs: [left: TokenId, right: TokenId][] = [];
  const wanted = vocabSize - SMALLEST_VOCABULARY;
  for (let lefts = letters; pairs.length < wanted;) {
    const longer: TokenId[] = [];
    for (const left of lefts) {
      for (const right of letters) {
        if (pairs.length >= wanted) break;
        longer.push(SMALLEST_VOCABULARY + pairs.length);
        pairs.push([left, right]);
      }
    }
    lefts = longer;
  }
  return chatTokenizerOf(ourDefinition(pairs, undefined));
}
