/** What a folder of shards says about itself: which files lie in it and what was counted on the way. */

import { join } from "node:path";

import { z } from "zod";

import { SPLITS } from "./split.ts";

const Count = z.int().nonnegative();
const Counts = z.object({ conversations: Count, tokens: Count, replyTokens: Count });
const SourceCounts = z.object({
  conversations: Count,
  tokens: Count,
  licences: z.array(z.string()),
  consents: z.array(z.string()),
});

export const ShardManifest = z.object({
  schema: z.literal(1),
  dataHash: z.string(),
  tokenizerHash: z.string(),
  vocabSize: z.int().positive(),
  /** Begins every exchange: where a long conversation is best cut. */
  sos: Count,
  /** Fills rows that are not full. */
  pad: Count,
  bytesPerToken: z.union([z.literal(2), z.literal(4)]),
  splits: z.record(z.enum(SPLITS), Counts),
  sources: z.record(z.string(), SourceCounts),
});
export type ShardManifest = Readonly<z.infer<typeof ShardManifest>>;
export type SourceCounts = z.infer<typeof SourceCounts>;

export const manifestPath = (folder: string) => join(folder, "manifest.json");
/** Token ids of all conversations, one after another, 2 or 4 bytes each, little-endian. */
export const tokensPath = (folder: string) => join(folder, "tokens.bin");
/** A byte beside each token: 0 where the user speaks, else one of the two below. */
export const replyPath = (folder: string) => join(folder, "reply.bin");
/** For each conversation of a split: its first token and its length, as two 64-bit floats. */
export const indexPath = (folder: string, split: string) => join(folder, `${split}.index`);

/** Whose rows these are. */
export const peoplePath = (folder: string) => join(folder, "people.json");

/** What the bot says, and should. */
export const WANTED = 1;
/** A reply that somebody did not like: only in shards of preferences. */
export const UNWANTED = 2;
