/** Where each file of an experiment lies, and which of them are the model itself. */

import { join } from "node:path";

/** Every run lands here by itself. */
export const EXPERIMENTS_ROOT = "experiments";

/** The files without which nothing can be served; paths as in the manifest. */
export const SERVED_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "onnx/model.onnx",
] as const;

/** The same model in other formats; a person may delete these to save space. */
export const OTHER_FORMATS = [
  "model.safetensors",
  "onnx/model_quantized.onnx",
  "onnx/model_q4.onnx",
  "model.gguf",
] as const;

export interface ExperimentPaths {
  readonly config: string;
  readonly generationConfig: string;
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
  readonly weights: string;
  readonly onnx: string;
  readonly onnxQ8: string;
  readonly onnxQ4: string;
  readonly gguf: string;
  readonly run: string;
  readonly metrics: string;
  readonly report: string;
  readonly curves: string;
  readonly samples: string;
  readonly checkpoint: string;
  readonly tensorboard: string;
  readonly card: string;
}

export function experimentPaths(folder: string): ExperimentPaths {
  return {
    config: join(folder, "config.json"),
    generationConfig: join(folder, "generation_config.json"),
    tokenizer: join(folder, "tokenizer.json"),
    tokenizerConfig: join(folder, "tokenizer_config.json"),
    weights: join(folder, "model.safetensors"),
    onnx: join(folder, "onnx", "model.onnx"),
    onnxQ8: join(folder, "onnx", "model_quantized.onnx"),
    onnxQ4: join(folder, "onnx", "model_q4.onnx"),
    gguf: join(folder, "model.gguf"),
    run: join(folder, "run.json"),
    metrics: join(folder, "metrics.jsonl"),
    report: join(folder, "report.html"),
    curves: join(folder, "curves.svg"),
    samples: join(folder, "samples.md"),
    checkpoint: join(folder, "checkpoint"),
    tensorboard: join(folder, "tensorboard"),
    card: join(folder, "README.md"),
  };
}
