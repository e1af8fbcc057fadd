/** The engine that `--engine` asks for, and how fast it multiplies matrices here. */

import type { Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Preference } from "../preference/settings.ts";
import { matrixRate } from "../reference/matrix-rate.ts";
import { openTensorFlow } from "../reference/open-tensorflow.ts";
import { TensorFlowEngine } from "../reference/tensorflow-engine.ts";
import { noteDevice } from "./device-note.ts";
import type { EngineName, TrainingEngine } from "./engine.ts";
import { bestGemmRate } from "./gemm-rate.ts";
import { StepEngine, type StepEngineOptions } from "./step-engine.ts";

/** Runs of each product shape: a quarter of a second in all. */
const GEMM_REPEATS = 12;

/** @throws HintedError if what the engine needs is not installed, or it cannot learn this. */
export async function requireEngine(
  name: EngineName,
  preference: Preference | null = null,
): Promise<void> {
  if (name !== "tfjs") return;
  if (preference) {
    throw new HintedError(`--engine tfjs cannot train with --method ${preference.method}.`, {
      hint: "It knows what conversations say, not which reply is preferred: leave --engine out.",
    });
  }
  await openTensorFlow();
}

export async function openEngine(
  name: EngineName,
  runtime: Runtime,
  options: StepEngineOptions,
  console: Console,
): Promise<TrainingEngine> {
  if (name === "onnxruntime") {
    const engine = await StepEngine.open(runtime, options);
    noteDevice(runtime, engine.sessions, console);
    return engine;
  }
  const { tensorFlow, notes } = await openTensorFlow();
  for (const note of notes) console.note(note);
  return new TensorFlowEngine(tensorFlow, runtime, options);
}

/** Floating-point operations a second of plain fp32 products. */
export async function engineRate(
  name: EngineName,
  runtime: Runtime,
  config: ModelConfig,
  { tokens, threads }: { readonly tokens: number; readonly threads?: number },
): Promise<number> {
  if (name === "tfjs") return matrixRate((await openTensorFlow()).tensorFlow, config);
  return bestGemmRate(runtime, config, { tokens, threads, repeats: GEMM_REPEATS });
}
