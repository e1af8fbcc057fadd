/** A whole model folder with a tiny tokenizer and placeholder graphs: enough to be opened, not to be run. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { toConfigJson, toGenerationConfigJson } from "../../src/core/experiment/config-files.ts";
import { readManifest } from "../../src/core/experiment/manifest.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import { writeRunRecord, type RunRecord } from "../../src/core/experiment/run-record.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import { ModelConfig } from "../../src/core/model/config.ts";
import { chatTokenizerOf } from "../../src/core/tokenizer/byte-pair-tokenizer.ts";
import { ourDefinition } from "../../src/core/tokenizer/definition.ts";
import { toTokenizerConfig } from "../../src/core/tokenizer/tokenizer-config.ts";
import { toTokenizerJson } from "../../src/core/tokenizer/tokenizer-file.ts";
import { exampleRun } from "./example-run.ts";

/** The special tokens, the bytes, and one merge: `th`. */
export const exampleTokenizer = chatTokenizerOf(ourDefinition([[6 + 116, 6 + 104]], undefined));

export const exampleConfig = ModelConfig.parse({
  vocabSize: exampleTokenizer.vocabSize,
  width: 32,
  layers: 1,
  heads: 2,
  kvHeads: 1,
  ffnWidth: 48,
  context: 16,
});

export async function writeExampleModel(
  folder: string,
  changes: Partial<RunRecord> = {},
): Promise<RunRecord> {
  const paths = experimentPaths(folder);
  await mkdir(join(folder, "onnx"), { recursive: true });
  await writeFileAtomic(paths.config, toConfigJson(exampleConfig, exampleTokenizer.specials));
  await writeFileAtomic(paths.generationConfig, toGenerationConfigJson(exampleTokenizer.specials));
  await writeFileAtomic(paths.tokenizer, toTokenizerJson(exampleTokenizer));
  await writeFileAtomic(paths.tokenizerConfig, toTokenizerConfig(exampleConfig.context));
  await writeFileAtomic(paths.weights, "weights");
  await writeFileAtomic(paths.onnx, "graph");
  await writeFileAtomic(paths.onnxQ8, "smaller graph");
  const run = exampleRun({
    model: exampleConfig,
    tokenizerHash: exampleTokenizer.hash,
    files: await readManifest(folder),
    ...changes,
  });
  await writeRunRecord(folder, run);
  return run;
}
