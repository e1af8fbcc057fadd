/** `lfz bench train` and `lfz bench tokenizer`: how fast this machine learns, beside its own limit. */

import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { defineCommand, type CommandContext } from "../../src/core/cli/command.ts";
import { formatBytes, formatCount, type Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import {
  configOfPreset,
  PRESETS,
  type ModelConfig,
  type PresetName,
} from "../../src/core/model/config.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { readProfile, type Profile } from "../bench/operator-profile.ts";
import { profileSvg } from "../bench/profile-chart.ts";
import { measureTraining, type TrainingSpeed } from "../bench/training-speed.ts";
import { readRows } from "../data/read-rows.ts";
import { toColumns } from "../eval/text-table.ts";
import { rowsOf } from "../train/batch-values.ts";
import { noteDevice } from "../train/device-note.ts";
import { fastestLayout } from "../train/fastest-layout.ts";
import { LAYOUT_CACHE } from "../train/prepare.ts";
import { MODEL_SETTING_NAMES, parseOverrides, STEP_TOKENS } from "../train/options.ts";
import { deviceFlag } from "./training-flags.ts";
import { requireVocabSize, trainTokenizer } from "../tokenizer/train-tokenizer.ts";

/** 5.8 M parameters: the model that every figure of ours is about. */
const REFERENCE = "reference";
const REFERENCE_PRESET: PresetName = "mini";
const VOCABULARY = 4096;
const SHOWN_OPERATORS = 12;
const PROFILE_PICTURE = "var/bench/train-profile.svg";

export const benchTrain = defineCommand({
  name: "bench train",
  summary: "Measure how fast this machine trains, beside its limit",
  usage: "[--preset P] [--set KEY=VALUE...] [--steps N] [--device D] [--profile]",
  flags: z.strictObject({
    preset: z
      .string()
      .default(REFERENCE)
      .describe(`model: ${[REFERENCE, ...Object.keys(PRESETS)].join(", ")}`),
    set: z
      .array(z.string())
      .default([])
      .describe(`single values of the model, key=value: ${MODEL_SETTING_NAMES.join(", ")}`),
    vocabSize: z.coerce.number().int().positive().default(VOCABULARY).describe("tokens it knows"),
    steps: z.coerce.number().int().positive().default(10).describe("steps to time, after two"),
    optimizer: z.enum(["adamw", "muon"]).default("adamw").describe("what updates the weights"),
    lora: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .describe("train adapters of this rank, beside full steps"),
    device: deviceFlag,
    profile: z.boolean().default(false).describe("show what takes the time, and draw it"),
    threads: z.coerce.number().int().positive().optional().describe("all cores by default"),
  }),
  async run({ preset, set, vocabSize, profile, ...options }, context) {
    const config = modelOf(preset, { ...modelSettings(set), vocabSize });
    const folder = profile ? await mkdtemp(join(tmpdir(), "lfz-bench-")) : undefined;
    try {
      const speed = await measure(config, { ...options, folder }, context);
      context.console.print(describe(speed));
      const times = speed.profile === undefined ? undefined : await readProfile(speed.profile);
      if (times) await showProfile(times, preset, context.console);
      const { parameters, profile: _path, ...figures } = speed;
      return {
        ...figures,
        model: { ...config, parameters, optimizer: options.optimizer },
        device: options.device ?? "cpu",
        ...times,
      };
    } finally {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  },
});

export const benchTokenizer = defineCommand({
  name: "bench tokenizer",
  summary: "Measure how fast a vocabulary is learnt, text encoded",
  usage: "--data FILE... [--vocab-size N]",
  flags: z.strictObject({
    data: z.array(z.string()).min(1).describe("conversation files, JSONL or .jsonl.gz"),
    vocabSize: z.coerce.number().int().default(VOCABULARY).describe("tokens to learn"),
  }),
  examples: ["lfz bench tokenizer --data chats.jsonl"],
  async run({ data, vocabSize }, { console, signal }) {
    requireVocabSize(vocabSize);
    const texts = await textsOf(data);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const started = performance.now();
    const tokenizer = await trainTokenizer({ texts, vocabSize, signal });
    const trained = performance.now();
    let tokens = 0;
    for (const text of texts) tokens += tokenizer.encode(text).length;
    const encoded = performance.now();

    const trainSeconds = (trained - started) / 1000;
    const encodeMBs = bytes / 1000 / (encoded - trained);
    console.print(`text       ${formatBytes(bytes)}, ${(bytes / tokens).toFixed(2)} bytes a token`);
    console.print(`learning   ${tokenizer.vocabSize} tokens in ${trainSeconds.toFixed(1)} s`);
    console.print(`encoding   ${encodeMBs.toFixed(1)} MB/s`);
    return { vocabSize: tokenizer.vocabSize, bytes, tokens, trainSeconds, encodeMBs };
  },
});

function modelOf(
  preset: string,
  settings: Partial<ModelConfig> & { vocabSize: number },
): ModelConfig {
  return configOfPreset(preset === REFERENCE ? REFERENCE_PRESET : preset, settings);
}

function modelSettings(pairs: readonly string[]): Partial<ModelConfig> {
  const { model, training, preference } = parseOverrides(pairs);
  const [other] = Object.keys({ ...training, ...preference });
  if (other !== undefined) {
    throw new HintedError(`--set ${other}: it changes nothing that is measured here.`, {
      hint: `Settings of the model: ${MODEL_SETTING_NAMES.join(", ")}.`,
    });
  }
  return model;
}

async function measure(
  config: ModelConfig,
  options: {
    readonly steps: number;
    readonly optimizer: "adamw" | "muon";
    readonly lora?: number;
    readonly threads?: number;
    readonly device?: Device;
    readonly folder?: string;
  },
  { console, signal }: CommandContext,
): Promise<TrainingSpeed> {
  const { steps, optimizer, lora, threads, folder } = options;
  const runtime = await openRuntime({ device: options.device });
  const { lanes, microTokens } = await fastestLayout(runtime, config, {
    threads: threads ?? availableParallelism(),
    stepTokens: STEP_TOKENS,
    cache: LAYOUT_CACHE,
    signal,
  });
  const microRows = rowsOf(microTokens, config);
  const progress = console.progress("bench train");
  return measureTraining(runtime, config, {
    steps,
    microRows,
    lanes,
    microBatches: Math.max(1, Math.round(STEP_TOKENS / (microRows * config.context))),
    optimizer,
    lora,
    threads,
    signal,
    profilePrefix: folder && join(folder, "train"),
    onOpen: ({ sessions }) => noteDevice(runtime, sessions, console),
    onStep: (step, milliseconds) =>
      progress.update({ fraction: step / steps, text: `${Math.round(milliseconds)} ms a step` }),
  }).finally(() => progress.done());
}

function describe(speed: TrainingSpeed): string {
  const { tokensPerSecond, gflops, shareOfGemm, rssMb, stepMs, stepTokens } = speed;
  const share = speed.shareOfFullStep;
  const products = `${speed.gemmGflops.toFixed(1)} of plain products`;
  const fastest = `the fastest of them ${speed.fastestGemmGflops.toFixed(1)}`;
  return [
    `model      ${formatCount(speed.parameters)} parameters`,
    `training   ${Math.round(tokensPerSecond)} tokens/s: ${Math.round(stepMs)} ms for a step of ${stepTokens} tokens`,
    `compute    ${gflops.toFixed(1)} GFLOP/s, ${(shareOfGemm * 100).toFixed(0)} % of the ${products} (medians; ${fastest})`,
    `memory     ${Math.round(rssMb)} MB at most`,
    ...(share === undefined
      ? []
      : [`adapters   ${share.toFixed(2)} of a step that trains all weights`]),
  ].join("\n");
}

async function showProfile(
  { operators, parts }: Profile,
  preset: string,
  console: Console,
): Promise<void> {
  const byPart = parts.map(({ part, forward, backward, share }) => [
    part,
    forward.toFixed(0),
    backward.toFixed(0),
    percent(share),
  ]);
  const byOperator = operators
    .slice(0, SHOWN_OPERATORS)
    .map(({ operator, calls, milliseconds, share }) => [
      operator,
      calls.toLocaleString("en"),
      milliseconds.toFixed(0),
      percent(share),
    ]);
  const right = { right: [1, 2, 3] };
  console.print("");
  console.print(toColumns(["part", "forward ms", "backward ms", "share"], byPart, right));
  console.print("");
  console.print(toColumns(["operator", "calls", "ms", "share"], byOperator, right));
  const title = `Where a training step of the ${preset} model goes`;
  await writeFileAtomic(PROFILE_PICTURE, profileSvg(title, parts));
  console.print(`\nA picture of it: ${PROFILE_PICTURE}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

async function textsOf(files: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const file of files) {
    for await (const row of readRows(file)) {
      if ("problem" in row) throw row.problem;
      texts.push(...row.conversation.messages.map(({ content }) => content));
    }
  }
  if (texts.some((text) => text !== "")) return texts;
  throw new HintedError("The data holds no text.", {
    hint: "Name files with conversations that say something.",
  });
}
