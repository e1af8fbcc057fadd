/**
 * The feedback record: one thing somebody said about a reply, or decided about
 * what was said. Lines of every version there was are read as the newest one.
 */

import { hash } from "node:crypto";

import { z } from "zod";

import { sha256Of } from "../core/files.ts";
import type { Key } from "./last-positions.ts";

const VERSION = 1;

const common = {
  v: z.literal(VERSION),
  at: z.number(),
  reply: z.string(),
  /** Pseudonym of whoever said it. */
  rater: z.string(),
};

/** What people say themselves. */
const said = {
  ...common,
  /** Which model wrote the reply. */
  model: z.string(),
  /** The context of the reply, where there is one. */
  context: z.string().optional(),
};

const Current = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("rating"), verdict: z.enum(["good", "bad"]), ...said }),
    z.strictObject({ kind: z.literal("retraction"), ...said }),
    z.strictObject({ kind: z.literal("reason"), text: z.string(), ...said }),
    z.strictObject({ kind: z.literal("correction"), text: z.string(), ...said }),
    /** A reviewer's word on what `rater` said. */
    z.strictObject({
      kind: z.literal("decision"),
      item: z.string(),
      verdict: z.enum(["approved", "rejected"]),
      /** The better answer as the reviewer would have it. */
      text: z.string().optional(),
      /** A pseudonym too. */
      reviewer: z.string(),
      ...common,
    }),
  ])
  .readonly();

export type FeedbackRecord = z.infer<typeof Current>;
/** A record as it is handed in. */
export type NewFeedback = Unversioned<FeedbackRecord>;
type Unversioned<Record> = Record extends unknown ? Omit<Record, "v"> : never;

export type Correction = Extract<FeedbackRecord, { kind: "correction" }>;
export type Rating = Extract<FeedbackRecord, { kind: "rating" }>;

/** What makes a record of version `index` one of the next. */
const MIGRATIONS: readonly ((record: object) => object)[] = [
  (record) => ({ v: 1, ...record }), // before there were versions
];

export const FeedbackRecord = z.preprocess(toCurrent, Current);

function toCurrent(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const version = "v" in value && typeof value.v === "number" ? value.v : 0;
  return MIGRATIONS.slice(version).reduce((record, migrate) => migrate(record), value);
}

export function toRecord(feedback: NewFeedback): FeedbackRecord {
  return { v: VERSION, ...feedback };
}

/** Names one thing somebody said, short enough to be typed. Nobody can choose it: replies have random ids. */
export function itemIdOf({ kind, reply, rater, at }: FeedbackRecord): string {
  return sha256Of(`${kind}/${reply}/${rater}/${at}`).slice(0, 8);
}

/** Of records with the same key only the last counts. */
function keyOf(record: FeedbackRecord): string {
  const { kind, reply, rater } = record;
  if (kind === "decision") return `${kind}/${record.item}`;
  return `${kind === "retraction" ? "rating" : kind}/${reply}/${rater}`;
}

/** The same in 64 bits, for a million of them in memory. */
export function shortKeyOf(record: FeedbackRecord): Key {
  const bytes = hash("sha256", keyOf(record), "buffer");
  return { low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) };
}
