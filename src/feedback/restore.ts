/**
 * Puts a backup of feedback in the place of what a home has: all of it or
 * nothing, and nothing of people who have asked to be forgotten since.
 *
 * Whether somebody agrees is not turned back: the consent that the home knows
 * stands, and only a home that knows none takes that of the backup.
 */

import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";

import { HintedError } from "../core/errors.ts";
import { readIfThere, syncFolder, toJsonText, writeFileAtomic } from "../core/files.ts";
import type { Log } from "../log.ts";
import type { Home } from "../state/home.ts";
import { openSegments, readSegments, type Segments } from "../state/segments.ts";
import { readBackup, type BackupLine } from "./backup.ts";
import { authorsOf, ContextRecord } from "./contexts.ts";
import { ForgottenPeople } from "./forgotten.ts";
import { feedbackPaths, settleRestore } from "./open-feedback.ts";
import { FeedbackRecord } from "./record.ts";

/** Records that share an fsync. */
const AT_ONCE = 500;

export interface Restored {
  readonly records: number;
  /** Left out: their people have been forgotten. */
  readonly forgotten: number;
}

export interface Restoring {
  readonly home: Home;
  readonly file: string;
  /** What the home has now may be lost. */
  readonly replace: boolean;
  readonly log: Log;
}

/** @throws HintedError if the backup is not whole, or does not belong into this home. */
export async function restoreBackup({ home, file, replace, log }: Restoring): Promise<Restored> {
  await settleRestore(home.folder);
  const header = await checkBackup(file);
  await requireSameKey(home, header);
  if (!replace) await requireEmpty(home, log);
  const forgotten = await forgottenOf(home, header);
  const folder = home.path("feedback.restoring");
  const restored = await writeRecords({ folder, file, forgotten, log });
  await writeFileAtomic(feedbackPaths(folder).forgotten, toJsonText(forgotten));
  await writeIfMissing(home.path("pseudonyms.json"), header.pseudonyms);
  await writeIfMissing(home.path("consent.json"), header.consents);
  if (existsSync(home.path("feedback"))) {
    await rename(home.path("feedback"), home.path("feedback.replaced"));
  }
  await rename(folder, home.path("feedback"));
  await syncFolder(home.folder);
  await settleRestore(home.folder);
  return restored;
}

type Header = Extract<BackupLine, { kind: "lfz-feedback" }>;

/** Reads all of it before anything is touched. */
async function checkBackup(file: string): Promise<Header> {
  let header: Header | undefined;
  for await (const line of readBackup(file)) if (line.kind === "lfz-feedback") header = line;
  if (!header) throw new RangeError(`${file} has no header`); // `readBackup` lets none through
  return header;
}

async function requireSameKey(home: Home, { pseudonyms }: Header): Promise<void> {
  const text = await readIfThere(home.path("pseudonyms.json"));
  if (text === undefined || text.includes(pseudonyms.key)) return;
  throw new HintedError(`The backup comes from another bot than the one in ${home.folder}.`, {
    hint: "Its pseudonyms are others: nobody could be forgotten. Set LFZ_HOME to an empty folder.",
  });
}

async function requireEmpty(home: Home, log: Log): Promise<void> {
  const options = { folder: home.path("feedback"), schema: FeedbackRecord, log };
  for await (const _ of readSegments(options)) {
    throw new HintedError(`There is feedback in ${home.folder} already.`, {
      hint: "With --replace the backup takes its place; back it up first.",
    });
  }
}

/** Whoever was forgotten, before the backup or since, stays forgotten. */
async function forgottenOf(home: Home, header: Header): Promise<ForgottenPeople> {
  const text = await readIfThere(feedbackPaths(home.path("feedback")).forgotten);
  const { people } = ForgottenPeople.parse(text === undefined ? {} : JSON.parse(text));
  const both = { ...people };
  for (const [person, at] of Object.entries(header.forgotten.people)) {
    both[person] = Math.max(at, both[person] ?? 0);
  }
  return { people: both };
}

interface Target {
  readonly folder: string;
  readonly file: string;
  readonly forgotten: ForgottenPeople;
  readonly log: Log;
}

async function writeRecords({ folder, file, forgotten, log }: Target): Promise<Restored> {
  const records = await openSegments({ folder, schema: FeedbackRecord, log });
  const kept = { folder: feedbackPaths(folder).contexts, schema: ContextRecord, log };
  const contexts = await openSegments(kept);
  const isForgotten = (person: string, at: number) => at <= (forgotten.people[person] ?? -Infinity);
  const counts = { records: 0, forgotten: 0 };
  let writing: Promise<unknown>[] = [];
  const put = async <T>(segments: Segments<T>, record: T, isGone: boolean) => {
    counts[isGone ? "forgotten" : "records"]++;
    if (!isGone) writing.push(segments.append(record));
    if (writing.length < AT_ONCE) return;
    await Promise.all(writing);
    writing = [];
  };
  try {
    for await (const line of readBackup(file)) {
      if (line.kind === "feedback") {
        const { record } = line;
        const isReviewer = record.kind === "decision" && isForgotten(record.reviewer, record.at);
        const named = isReviewer ? { ...record, reviewer: "forgotten" } : record;
        await put(records, named, isForgotten(record.rater, record.at));
      } else if (line.kind === "context") {
        const { record } = line;
        const isGone = authorsOf(record).some((author) => isForgotten(author, record.at));
        await put(contexts, record, isGone);
      }
    }
    await Promise.all(writing);
  } finally {
    await Promise.allSettled(writing);
    await Promise.all([records.close(), contexts.close()]);
  }
  return counts;
}

async function writeIfMissing(path: string, value: unknown): Promise<void> {
  if (!existsSync(path)) await writeFileAtomic(path, toJsonText(value));
}
