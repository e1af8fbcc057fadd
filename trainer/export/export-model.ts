/**
 * Writes a trained model into its experiment folder, in the formats that the
 * world reads: config, tokenizer, safetensors and ONNX with a KV cache.
 *
 * The ONNX file is proven against the trained graph first; a model that does
 * not agree with itself is not written.
 */

import { toConfigJson, toGenerationConfigJson } from "../../src/core/experiment/config-files.ts";
import { fromHalf, toHalf } from "../../src/core/experiment/half.ts";
import { readManifest } from "../../src/core/experiment/manifest.ts";
import { experimentPaths, SERVED_FILES } from "../../src/core/experiment/paths.ts";
import type { FileManifest } from "../../src/core/experiment/run-record.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { buildDecoderGraph } from "../../src/core/onnx/decoder-graph.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { toTokenizerConfig } from "../../src/core/tokenizer/tokenizer-config.ts";
import { toTokenizerJson } from "../../src/core/tokenizer/tokenizer-file.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { weightsOf, type ParameterBlock } from "../model/parameter-store.ts";
import { measureParity, requireParity, type Parity } from "./parity.ts";
import { writeWeightsFile } from "./weights-file.ts";

/** Weight files, as the manifest names them. */
const WEIGHT_FILES = { onnx: "onnx/model.onnx", safetensors: "model.safetensors" } as const;
export type ExportFormat = keyof typeof WEIGHT_FILES;
export const EXPORT_FORMATS: readonly ExportFormat[] = ["onnx", "safetensors"];

export interface ExportInput {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizer: ChatTokenizer;
  readonly weights: ParameterBlock;
  readonly storage: "float32" | "float16";
  /** Which weight files to write; all by default. */
  readonly formats?: readonly ExportFormat[];
  /** The conversation that the parity is measured on, at most `context` tokens. */
  readonly ids: readonly number[];
}

export interface Exported {
  readonly parity: Parity;
  /** Those that were written. */
  readonly files: FileManifest;
}

/** @throws HintedError if the exported graph does not agree with the trained one. */
export async function exportModel(runtime: Runtime, input: ExportInput): Promise<Exported> {
  const { folder, config, tokenizer, weights, storage, ids, formats = EXPORT_FORMATS } = input;
  if (storage === "float16") roundToHalf(weights);
  const model = buildDecoderGraph(config, weightsOf(weights), { storage });
  const parity = await measureParity(runtime, { config, weights, model, ids });
  requireParity(parity);

  const paths = experimentPaths(folder);
  await writeFileAtomic(paths.config, toConfigJson(config, tokenizer.specials));
  await writeFileAtomic(paths.generationConfig, toGenerationConfigJson(tokenizer.specials));
  await writeTokenizer(folder, tokenizer, config.context);
  if (formats.includes("safetensors")) {
    const dtype = storage === "float16" ? "F16" : "F32";
    await writeWeightsFile(paths.weights, config, weights.values, dtype);
  }
  if (formats.includes("onnx")) await writeFileAtomic(paths.onnx, model);
  const described = SERVED_FILES.filter((file) => file !== WEIGHT_FILES.onnx);
  const written = [...described, ...formats.map((format) => WEIGHT_FILES[format])];
  return { parity, files: await readManifest(folder, written) };
}

export async function writeTokenizer(
  folder: string,
  tokenizer: ChatTokenizer,
  context: number,
): Promise<void> {
  const paths = experimentPaths(folder);
  await writeFileAtomic(paths.tokenizer, toTokenizerJson(tokenizer));
  await writeFileAtomic(paths.tokenizerConfig, toTokenizerConfig(context));
}

/** So that what is judged and proven is what the files hold. */
function roundToHalf({ memory: { data } }: ParameterBlock): void {
  const rounded = new Uint16Array(data.length);
  toHalf(data, rounded);
  fromHalf(rounded, data);
}
