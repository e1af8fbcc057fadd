/**
 * Everything a run needs before its folder is made: tokenizer, shards, shape,
 * settings, plan. Whatever is wrong with the input comes to light here, while
 * nothing has been written.
 */

import { stat } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";
import { basename, join } from "node:path";

import type { CommandContext } from "../../src/core/cli/command.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { sha256OfFile } from "../../src/core/files.ts";
import { configOfPreset, type ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { readTokenizerFile } from "../../src/core/tokenizer/tokenizer-file.ts";
import { requireChatTokenizer, type ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { prepareShards } from "../data/prepare-shards.ts";
import { readTexts, type Purpose } from "../data/read-conversations.ts";
import type { ShardSet } from "../data/shards.ts";
import { requireVocabSize, trainTokenizer } from "../tokenizer/train-tokenizer.ts";
import type { Budget } from "./budget.ts";
import { trainingMemory } from "./cost.ts";
import { trainedPart, type TrainedPart } from "../model/trained-part.ts";
import type { EngineName } from "./engine.ts";
import { fastestLayout } from "./fastest-layout.ts";
import { defaultLayout, type Layout } from "./layout.ts";
import { engineRate, requireEngine } from "./open-engine.ts";
import { resolveOptions, STEP_TOKENS, type Overrides } from "./options.ts";
import { makePlan, type Plan } from "./plan.ts";
import type { DataFlags, RunSettings } from "./run-settings.ts";

const SHARD_CACHE = join(EXPERIMENTS_ROOT, ".cache", "shards");
export const LAYOUT_CACHE = join(EXPERIMENTS_ROOT, ".cache", "layouts.json");

/** Small models waste their few weights on large vocabularies. */
const VOCABULARY: Record<string, number> = { nano: 2048, micro: 2048, mini: 4096 };
const LARGE_VOCABULARY = 8192;

export interface Prepared {
  readonly config: ModelConfig;
  readonly settings: RunSettings;
  readonly tokenizer: ChatTokenizer;
  readonly shards: ShardSet;
  readonly data: RunRecord["data"];
  readonly plan: Plan;
}

export interface ModelChoice {
  readonly preset: string;
  readonly overrides: Overrides;
  /** A folder with tokenizer.json; without one, a tokenizer is trained on the data. */
  readonly tokenizer?: string;
  readonly vocabSize?: number;
}

/** What a run is to learn, for how long, and with which arithmetic. */
export type Goal = Pick<RunSettings, "budget" | "loss" | "freeze" | "lora" | "engine">;

export async function prepareTraining(
  runtime: Runtime,
  flags: DataFlags,
  choice: ModelChoice,
  goal: Goal,
  context: CommandContext,
): Promise<Prepared> {
  const shape = (vocabSize: number) =>
    configOfPreset(choice.preset, { ...choice.overrides.model, vocabSize });
  const wanted = choice.vocabSize ?? VOCABULARY[choice.preset] ?? LARGE_VOCABULARY;
  requireVocabSize(wanted);
  await requireEngine(goal.engine);
  shape(wanted); // refuses an impossible shape before minutes are spent on the data
  const tokenizer = choice.tokenizer
    ? await openTokenizer(choice.tokenizer)
    : await learnTokenizer(flags, wanted, context);
  const config = shape(tokenizer.vocabSize);
  return prepareWith(runtime, flags, { config, tokenizer }, choice.overrides, goal, context);
}

/** The same for a model that is there already. */
export async function prepareWith(
  runtime: Runtime,
  flags: DataFlags,
  { config, tokenizer }: Pick<Prepared, "config" | "tokenizer">,
  overrides: Overrides,
  goal: Goal,
  context: CommandContext,
): Promise<Prepared> {
  const part = trainedPart(config, goal); // refuses a contradiction before the data is read
  await requireEngine(goal.engine);
  const shards = await openData(flags, tokenizer, context);
  const { width } = config;
  const work = { config, part, engine: goal.engine };
  const layout = await layoutOf(runtime, work, flags, overrides, context);
  const draft = resolveOptions(overrides.training, { width, layout, expectedTokens: 0 });
  const plan = await planOf(runtime, work, shards, goal.budget, draft, flags.threads);
  const options = resolveOptions(overrides.training, {
    width,
    layout,
    expectedTokens: plan.tokens,
  });
  const settings = { ...options, ...goal };
  return { config, settings, tokenizer, shards, data: await describeData(flags, shards), plan };
}

export async function openTokenizer(folder: string): Promise<ChatTokenizer> {
  const path = folder.endsWith(".json") ? folder : join(folder, "tokenizer.json");
  return requireChatTokenizer(await readTokenizerFile(path), path);
}

export function openData(
  { data, licence, consent }: DataFlags,
  tokenizer: ChatTokenizer,
  { console, signal }: CommandContext,
  purpose: Purpose = "training",
): Promise<ShardSet> {
  return prepareShards({
    files: data,
    tokenizer,
    purpose,
    folder: SHARD_CACHE,
    console,
    signal,
    licence,
    consent,
  });
}

/** What run.json says about the data: hashes of the files, counts and origins of the rows. */
export async function describeData(
  { data }: DataFlags,
  { manifest }: ShardSet,
): Promise<RunRecord["data"]> {
  const { splits } = manifest;
  const perSplit = (key: "conversations" | "tokens") => ({
    train: splits.train[key],
    validation: splits.validation[key],
    test: splits.test[key],
  });
  const files = data.filter((file) => file !== "-");
  return {
    files: await Promise.all(
      files.map(async (file) => ({
        name: basename(file),
        sha256: await sha256OfFile(file),
        bytes: (await stat(file)).size,
      })),
    ),
    conversations: perSplit("conversations"),
    tokens: perSplit("tokens"),
    sources: Object.entries(manifest.sources).map(([source, counts]) => ({
      source,
      licences: counts.licences,
      consents: counts.consents,
      conversations: counts.conversations,
    })),
  };
}

/** What is trained, and with which arithmetic. */
interface Work {
  readonly config: ModelConfig;
  readonly part: TrainedPart;
  readonly engine: EngineName;
}

/** The fastest one here, unless it is given or the plan will refuse the whole training. */
async function layoutOf(
  runtime: Runtime,
  { config, part, engine }: Work,
  { threads = availableParallelism() }: DataFlags,
  { training: { stepTokens = STEP_TOKENS, lanes, microTokens } }: Overrides,
  { console, signal }: CommandContext,
): Promise<Layout> {
  if (engine === "tfjs") return defaultLayout(runtime, config, { threads: 1, stepTokens }); // it has no lanes
  const usual = defaultLayout(runtime, config, { threads, stepTokens });
  const isGiven = lanes !== undefined && microTokens !== undefined;
  if (isGiven || trainingMemory(config, part, usual) > freemem()) return usual;
  const progress = console.progress("layout");
  return fastestLayout(runtime, config, {
    threads,
    stepTokens,
    cache: LAYOUT_CACHE,
    signal,
    onTry: (one) =>
      progress.update({ fraction: 0, text: `trying ${one.lanes} x ${one.microTokens} tokens` }),
  }).finally(() => progress.done());
}

async function planOf(
  runtime: Runtime,
  { config, part, engine }: Work,
  shards: ShardSet,
  budget: Budget,
  { stepTokens, microTokens, lanes }: Pick<RunSettings, "stepTokens" | "microTokens" | "lanes">,
  threads?: number,
): Promise<Plan> {
  const tokens = microTokens * lanes;
  const gemmRate = await engineRate(engine, runtime, config, { tokens, threads });
  const epochTokens = shards.split("train").tokens;
  const layout = { microTokens, lanes };
  return makePlan({ config, part, budget, stepTokens, layout, epochTokens, gemmRate });
}

async function learnTokenizer(
  flags: DataFlags,
  vocabSize: number,
  { console, signal }: CommandContext,
): Promise<ChatTokenizer> {
  const progress = console.progress("tokenizer");
  const tokenizer = await trainTokenizer({
    texts: readTexts(flags.data, flags),
    vocabSize,
    signal,
    onProgress: (state) => {
      if (state.stage === "merge") {
        progress.update({
          fraction: state.merges / state.wanted,
          text: `${state.merges} of ${state.wanted} merges`,
        });
      }
    },
  });
  progress.done();
  console.note(`Tokenizer: ${tokenizer.vocabSize} tokens, learnt from the data.`);
  return tokenizer;
}
