/**
 * Everything a run needs before its folder is made: tokenizer, shards, shape,
 * settings, plan. Whatever is wrong with the input comes to light here, while
 * nothing has been written.
 */

import { availableParallelism } from "node:os";
import { join } from "node:path";

import type { CommandContext } from "../../src/core/cli/command.ts";
import { EXPERIMENTS_ROOT } from "../../src/core/experiment/paths.ts";
import type { RunRecord } from "../../src/core/experiment/run-record.ts";
import { configOfPreset, type ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { readTokenizerFile } from "../../src/core/tokenizer/tokenizer-file.ts";
import { requireChatTokenizer, type ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { PreferenceMethod } from "../data/preference-rows.ts";
import { prepareShards } from "../data/prepare-shards.ts";
import { readTexts, type Purpose } from "../data/read-conversations.ts";
import type { ShardSet } from "../data/shards.ts";
import { openComparisons } from "../preference/comparison-set.ts";
import { requireVocabSize, trainTokenizer } from "../tokenizer/train-tokenizer.ts";
import { trainedPart, type TrainedPart } from "../model/trained-part.ts";
import { fastestLayout } from "./fastest-layout.ts";
import { describeData } from "./describe-data.ts";
import { defaultLayout, wholeSizes, type Layout } from "./layout.ts";
import { requireMemory } from "./memory.ts";
import { engineRate, requireEngine } from "./open-engine.ts";
import { resolveOptions, STEP_TOKENS, type Overrides } from "./options.ts";
import { makePlan, type Plan } from "./plan.ts";
import { defaultVocabulary } from "./preset-sizes.ts";
import { toReplay, type OpenReplay } from "./open-replay.ts";
import type { DataFlags, RunSettings } from "./run-settings.ts";

const SHARD_CACHE = join(EXPERIMENTS_ROOT, ".cache", "shards");
export const LAYOUT_CACHE = join(EXPERIMENTS_ROOT, ".cache", "layouts.json");

export interface Prepared {
  readonly config: ModelConfig;
  readonly settings: RunSettings;
  readonly tokenizer: ChatTokenizer;
  readonly shards: ShardSet;
  readonly replay: OpenReplay | null;
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
export type Goal = Pick<
  RunSettings,
  "budget" | "loss" | "freeze" | "lora" | "engine" | "preference" | "replayShare"
>;

export async function prepareTraining(
  runtime: Runtime,
  flags: DataFlags,
  choice: ModelChoice,
  goal: Goal,
  context: CommandContext,
): Promise<Prepared> {
  const shape = (vocabSize: number) =>
    configOfPreset(choice.preset, { ...choice.overrides.model, vocabSize });
  const given = choice.tokenizer ? await openTokenizer(choice.tokenizer) : undefined;
  const wanted = given?.vocabSize ?? choice.vocabSize ?? defaultVocabulary(choice.preset);
  requireVocabSize(wanted);
  await requireEngine(goal.engine);
  const draft = { config: shape(wanted), flags, overrides: choice.overrides, goal };
  const presets = Object.keys(choice.overrides.model).length === 0;
  requireRoom(runtime, draft, { presets }); // before minutes are spent on the data
  const tokenizer = given ?? (await learnTokenizer(flags, wanted, context));
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
  const { engine, preference } = goal;
  await requireEngine(engine, preference);
  const draft = { config, flags, overrides, goal };
  const { part, usual } = requireRoom(runtime, draft, { presets: false });
  const shards = await openData(flags, tokenizer, context, { method: preference?.method });
  if (preference) openComparisons(shards, preference, config); // refuses what cannot be learnt from
  const replay = await openReplay(flags, goal, { tokenizer, shards }, context);
  const layout = await layoutOf(runtime, draft, usual, context);
  const epochTokens = shards.split("train").tokens + (replay?.described.tokens ?? 0);
  const { stepTokens = STEP_TOKENS } = overrides.training;
  const sizes = wholeSizes(stepTokens, layout, config);
  const plan = await planOf(runtime, draft, { part, layout, ...sizes }, epochTokens);
  const training = { ...overrides.training, ...layout, ...sizes };
  const options = resolveOptions(training, {
    width: config.width,
    layout,
    expectedTokens: plan.tokens,
  });
  const settings = { ...options, ...goal };
  const data = await describeData(flags, shards, replay);
  return { config, settings, tokenizer, shards, replay, data, plan };
}

/** What is known of a run before its data is read. */
interface Draft {
  readonly config: ModelConfig;
  readonly flags: DataFlags;
  readonly overrides: Overrides;
  readonly goal: Goal;
}

/** @throws HintedError if what is to be trained contradicts the model, or does not fit into memory. */
function requireRoom(
  runtime: Runtime,
  { config, flags, overrides: { training }, goal }: Draft,
  advice: { readonly presets: boolean },
): { readonly part: TrainedPart; readonly usual: Layout } {
  const part = trainedPart(config, goal);
  const stepTokens = training.stepTokens ?? STEP_TOKENS;
  const { threads = availableParallelism() } = flags;
  const { lanes, microTokens } = defaultLayout(runtime, config, {
    threads: goal.engine === "tfjs" ? 1 : threads, // it has no lanes
    stepTokens,
  });
  const tokens = training.microTokens ?? microTokens;
  const usual = {
    lanes: training.lanes ?? lanes,
    // two replies of any length are compared in one micro-batch
    microTokens: goal.preference ? Math.max(tokens, 2 * config.context) : tokens,
  };
  requireMemory({ config, part, layout: usual }, advice);
  return { part, usual };
}

export async function openTokenizer(folder: string): Promise<ChatTokenizer> {
  const path = folder.endsWith(".json") ? folder : join(folder, "tokenizer.json");
  return requireChatTokenizer(await readTokenizerFile(path), path);
}

interface DataUse {
  readonly purpose?: Purpose;
  /** For rows that say what is preferred. */
  readonly method?: PreferenceMethod;
}

export function openData(
  { data, licence, consent }: DataFlags,
  tokenizer: ChatTokenizer,
  { console, signal }: CommandContext,
  { purpose = "training", method }: DataUse = {},
): Promise<ShardSet> {
  return prepareShards({
    files: data,
    tokenizer,
    purpose,
    method,
    folder: SHARD_CACHE,
    console,
    signal,
    now: new Date(),
    licence,
    consent,
  });
}

/** What is repeated beside the data, if anything is. */
export async function openReplay(
  { replay, ...flags }: DataFlags,
  { replayShare: share, ...goal }: Pick<Goal, "replayShare" | "loss" | "preference">,
  { tokenizer, shards }: Pick<Prepared, "tokenizer" | "shards">,
  context: CommandContext,
): Promise<OpenReplay | null> {
  if (!replay || share === null) return null;
  const originals = await openData({ ...flags, data: replay }, tokenizer, context);
  const fresh = shards.split("train");
  const { eos } = tokenizer.specials;
  return toReplay(originals, goal, { share, fresh, eos, console: context.console });
}

/** The fastest one here, unless one is given; none that is tried takes more memory than the usual one. */
async function layoutOf(
  runtime: Runtime,
  { config, flags: { threads = availableParallelism() }, overrides: { training }, goal }: Draft,
  usual: Layout,
  { console, signal }: CommandContext,
): Promise<Layout> {
  if (goal.engine === "tfjs" || goal.preference) return usual;
  const { stepTokens = STEP_TOKENS, lanes, microTokens } = training;
  if (lanes !== undefined || microTokens !== undefined) return usual;
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
  { config, flags: { threads }, goal }: Draft,
  {
    part,
    layout,
    stepTokens,
  }: { readonly part: TrainedPart; readonly layout: Layout; readonly stepTokens: number },
  epochTokens: number,
): Promise<Plan> {
  const { microTokens, lanes } = layout;
  const gemmRate = await engineRate(goal.engine, runtime, config, {
    tokens: microTokens * lanes,
    threads,
  });
  const { budget } = goal;
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
