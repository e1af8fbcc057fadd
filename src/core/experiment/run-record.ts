/**
 * `run.json`: everything needed to repeat a run, and what came of it.
 *
 * Knows the record and its file; not the other files of the folder. A record
 * is parsed when read and when written, so no half-true one reaches the disk.
 */

import { join } from "node:path";

import { z } from "zod";

import { HintedError, reasonOf } from "../errors.ts";
import { readIfThere, toJsonText, writeFileAtomic } from "../files.ts";
import { ModelConfig } from "../model/config.ts";

/** Raised when the record changes so that older code would misread it. */
export const RUN_SCHEMA = 1;

/** Names are folder names and parts of commands: no spaces, no path, nothing hidden. */
export const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** A measured number. JSON has no NaN or Infinity: a diverged run writes null and is read as NaN. */
export const Figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

/** What preference training measures besides: rewards are β · (log π − log π_ref), in nats. */
export const PreferenceFigures = z.object({
  /** A comparison. */
  loss: Figure,
  /** Of rewards, between good replies and bad ones. */
  margin: Figure,
  /** The share of comparisons on the right side. */
  accuracy: Figure,
  /** log π − log π_ref a token of the replies in the data. */
  logRatio: Figure,
  /** KL(π_ref ‖ π) a token, on replies that the reference itself gave to held-out prompts. */
  kl: Figure.optional(),
});

export type PreferenceFigures = z.infer<typeof PreferenceFigures>;

/** What `lfz eval` reports; `loss` is nats a target token. */
export const Metrics = z.object({
  loss: Figure,
  perplexity: Figure,
  bitsPerByte: Figure,
  tokenAccuracy: Figure,
  top5Accuracy: Figure,
  /** Target tokens scored, and the bytes of text they spell. */
  tokens: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Of preference training; all others are about the wanted replies then. */
  preference: PreferenceFigures.optional(),
});

export type Metrics = z.infer<typeof Metrics>;

/** There was nothing to score, and no figure of it means anything. */
export function isEmpty({ tokens }: Metrics): boolean {
  return tokens === 0;
}

/** What replies are like, whether right or wrong: numbers for each reply, shares from 0 to 1. */
export const ReplyFigures = z.object({
  replies: z.int().nonnegative(),
  /** Different words, and different pairs of words, as a share of all of them in all replies. */
  distinct1: Figure,
  distinct2: Figure,
  /** Replies in which some four words in a row come twice. */
  repeating: Figure,
  /** Replies that say nothing. */
  empty: Figure,
  /** Replies that end by themselves, with `<eos>` or `<stop>`, before they have to. */
  ended: Figure,
  meanWords: Figure,
  meanTokens: Figure,
});

export type ReplyFigures = z.infer<typeof ReplyFigures>;

/** What a model answers to held-out prompts, beside what stands there. */
export const RepliesResult = z.object({ model: ReplyFigures, reference: ReplyFigures });

export type RepliesResult = z.infer<typeof RepliesResult>;

/** What training lowers: the loss of comparisons, where it learns from those. */
export function minimisedLoss({ loss, preference }: Pick<Metrics, "loss" | "preference">): number {
  return preference?.loss ?? loss;
}

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hexadecimal");

/** Relative path with forward slashes -> what the file must be. */
export const FileManifest = z.record(
  z.string(),
  z.strictObject({ sha256: Sha256, bytes: z.int().nonnegative() }),
);

export type FileManifest = z.infer<typeof FileManifest>;

const PerSplit = z.object({
  train: z.int().nonnegative(),
  validation: z.int().nonnegative(),
  test: z.int().nonnegative(),
});

/** Rows that share one origin; where nobody stated a licence or consent, there is none. */
export const DataSource = z.object({
  source: z.string(),
  licences: z.array(z.string()),
  consents: z.array(z.string()),
  conversations: z.int().nonnegative(),
  /** Whom to thank and where it came from, as the licence asks. */
  attribution: z.string().optional(),
  url: z.string().optional(),
});

export type DataSource = z.infer<typeof DataSource>;

/** Base names only: a path says where somebody's home is. */
const DataFile = z.object({ name: z.string(), sha256: Sha256, bytes: z.int().nonnegative() });

/** Original conversations, repeated beside the new ones so that they are not forgotten. */
const ReplayedData = z.object({
  /** Of the tokens that are learnt in an epoch. */
  share: z.number().min(0).max(1),
  /** In an epoch; the next one has others. */
  conversations: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  files: z.array(DataFile),
  sources: z.array(DataSource),
});

export type ReplayedData = z.infer<typeof ReplayedData>;

const RunData = z.object({
  files: z.array(DataFile),
  conversations: PerSplit,
  tokens: PerSplit,
  sources: z.array(DataSource),
  replay: ReplayedData.optional(),
});

const RunStatus = z.enum(["running", "finished", "interrupted", "failed"]);

const Time = z.iso.datetime();

export const RunRecord = z.object({
  schema: z.literal(RUN_SCHEMA),
  name: z.string().regex(EXPERIMENT_NAME, "not a name an experiment can have"),
  created: Time,
  finished: Time.nullable(),
  status: RunStatus,
  /** The flags as given, so that the command can be repeated. */
  flags: z.record(z.string(), z.unknown()),
  seed: z.int(),
  model: ModelConfig,
  /** Optimizer, schedule, batch, budget: the training loop's own words. */
  training: z.record(z.string(), z.unknown()),
  /** The model a fine-tuned one began as. */
  base: z.object({ name: z.string(), sha256: Sha256 }).optional(),
  /** The runs whose weights these are the mean of. */
  averaged: z.array(z.object({ name: z.string(), seed: z.int(), sha256: Sha256 })).optional(),
  data: RunData,
  tokenizerHash: z.string(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  versions: z.object({ node: z.string(), lfz: z.string(), onnxruntime: z.string() }),
  machine: z.object({
    cpu: z.string(),
    cores: z.int().positive(),
    memoryGb: z.number().positive(),
    os: z.string(),
  }),
  /** `test` is measured once, at the end. */
  results: z
    .object({
      validation: Metrics.optional(),
      test: Metrics.optional(),
      /** To prompts of the test split. */
      replies: RepliesResult.optional(),
    })
    .default({}),
  /** How far the exported models are from the trained one, by format. */
  parity: z.record(z.string(), z.unknown()).default({}),
  /** Every finished file that makes up the model; checked when it is opened. */
  files: FileManifest.default({}),
});

export type RunRecord = z.infer<typeof RunRecord>;

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  const json = toJsonText(record);
  RunRecord.parse(JSON.parse(json)); // a bug in the caller must not become a folder that nobody can open
  await writeFileAtomic(runRecordPath(folder), json);
}

/** @throws HintedError if there is no run.json, or not one this version can read. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = runRecordPath(folder);
  return parseRunRecord(await readText(path, folder), path);
}

export function parseRunRecord(text: string, path: string): RunRecord {
  const json = parseJson(text, path);
  const { schema } = z.object({ schema: z.unknown() }).catch({ schema: undefined }).parse(json);
  if (schema !== RUN_SCHEMA) {
    throw new HintedError(
      schema === undefined
        ? `${path} is not the record of a run: it has no schema number.`
        : `${path} has schema ${JSON.stringify(schema)}; this version reads schema ${RUN_SCHEMA}.`,
      { hint: "Another version wrote this folder: open it with that one, or train again." },
    );
  }
  const parsed = RunRecord.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HintedError(`${path} is damaged: ${issue?.path.join(".")}: ${issue?.message}.`, {
    hint: "Restore run.json from a backup, or train again under another name.",
    cause: parsed.error,
  });
}

export const runRecordPath = (folder: string): string => join(folder, "run.json");

async function readText(path: string, folder: string): Promise<string> {
  const text = await readIfThere(path);
  if (text !== undefined) return text;
  throw new HintedError(`${folder} has no run.json: it is not an experiment of lfz.`, {
    hint: "Name a folder that `lfz train` or `lfz finetune` made; models from elsewhere cannot be opened.",
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HintedError(`${path} is damaged: it is not JSON (${reasonOf(cause)}).`, {
      hint: "Restore run.json from a backup, or train again under another name.",
      cause,
    });
  }
}
