/** `lfz bench generate`: how fast replies come, beside the machine's own limit. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { defineCommand } from "../core/cli/command.ts";
import type { Console } from "../core/cli/console.ts";
import { openModelFolder, type ModelFolder } from "../core/experiment/folder.ts";
import { ModelConfig } from "../core/model/config.ts";
import { parameterCount } from "../core/model/parameters.ts";
import { openRuntime, type Runtime } from "../core/onnxruntime/runtime.ts";
import { BANDWIDTH_PROBE, measureBandwidth } from "../generate/benchmark/bandwidth.ts";
import {
  measureDecoder,
  PROMPT_TOKENS,
  type DecoderSpeed,
} from "../generate/benchmark/decoder-speed.ts";
import { measureEngine, type EngineSpeed } from "../generate/benchmark/engine-speed.ts";
import { slotsFor } from "../generate/cache-slots.ts";
import { openOnnxDecoder } from "../core/decoder/onnx-decoder.ts";
import { writeRandomModel } from "../generate/random-model.ts";
import { startEngine } from "../generate/start-engine.ts";

/** 5.8 M parameters: the shape that every figure of ours is about. */
const REFERENCE_MODEL = ModelConfig.parse({
  vocabSize: 4096,
  width: 256,
  layers: 6,
  heads: 8,
  kvHeads: 8,
  ffnWidth: 688,
  context: 512,
});
const REFERENCE_SEED = 1;

export const benchGenerate = defineCommand({
  name: "bench generate",
  summary: "Measure how fast replies come on this machine",
  usage: "[--model DIR]",
  flags: z.strictObject({
    model: z
      .string()
      .optional()
      .describe("model folder; a 5.8 M parameter model with random weights otherwise"),
  }),

  async run({ model }, { console, signal }) {
    if (model !== undefined) return benchmark(model, console, signal);
    const temporary = await mkdtemp(join(tmpdir(), "lfz-bench-"));
    try {
      const folder = join(temporary, "reference");
      await writeRandomModel(folder, REFERENCE_MODEL, REFERENCE_SEED);
      return await benchmark(folder, console, signal);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  },
});

async function benchmark(folder: string, console: Console, signal: AbortSignal) {
  const model = await openModelFolder(folder);
  const runtime = await openRuntime();
  console.note(`Measuring memory (${BANDWIDTH_PROBE}) and the decoder of ${model.name}.`);
  const bandwidth = await measureBandwidth(runtime);
  const decoder = await decoderSpeed(runtime, model);
  runtime.dispose();
  signal.throwIfAborted();

  console.note("Measuring four chats that stream at once.");
  const { served, kind } = await engineSpeed(folder, model.config.context);

  const bytes = 4 * parameterCount(model.config);
  console.print(describe(decoder, served, bandwidth, bytes));
  return {
    bandwidthGBs: bandwidth / 1e9,
    firstTokenMs: served.firstTokenMs,
    loopDelayP99Ms: served.loopDelayP99Ms,
    prefillTokensPerSecond: decoder.prefill,
    decodeTokensPerSecond: { fp32: decoder.decode },
    batchTokensPerSecond: decoder.batch,
    model: model.name,
    runtime: kind,
  };
}

async function decoderSpeed(runtime: Runtime, { config, onnxPath }: ModelFolder) {
  const bytes = await readFile(onnxPath);
  const decoder = await openOnnxDecoder(runtime, bytes, config, { slots: slotsFor(config) });
  try {
    return await measureDecoder(decoder);
  } finally {
    decoder.dispose();
  }
}

async function engineSpeed(folder: string, context: number) {
  const engine = await startEngine(folder);
  try {
    const promptTokens = Math.min(PROMPT_TOKENS, Math.floor(context / 2));
    return { served: await measureEngine(engine, promptTokens), kind: engine.model.runtime };
  } finally {
    await engine.close();
  }
}

function describe(
  { prefill, decode, batch }: DecoderSpeed,
  { firstTokenMs, loopDelayP99Ms }: EngineSpeed,
  bandwidth: number,
  weightBytes: number,
): string {
  return [
    `memory       ${(bandwidth / 1e9).toFixed(1).padStart(7)} GB/s, enough for ${(bandwidth / weightBytes).toFixed(0)} tokens/s if no cache held any weights`,
    `prefill      ${rate(prefill)} tokens/s`,
    ...Object.entries(decode).map(
      ([at, value]) => `decode       ${rate(value)} tokens/s at context ${at}`,
    ),
    ...Object.entries(batch).map(
      ([chats, value]) => `batch        ${rate(value)} tokens/s, ${chats} chats together`,
    ),
    `first token  ${firstTokenMs.toFixed(1).padStart(7)} ms`,
    `loop delay   ${loopDelayP99Ms.toFixed(1).padStart(7)} ms, 99th percentile with four chats`,
  ].join("\n");
}

function rate(value: number): string {
  return value.toFixed(0).padStart(7);
}
