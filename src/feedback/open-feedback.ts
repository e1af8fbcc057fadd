/**
 * What is kept of feedback in a bot's home:
 *
 *     feedback/000001.journal …            what people said about replies
 *     feedback/index.json                  how far that is counted
 *     feedback/contexts/000001.journal …   what was said, of those who opted in
 *     feedback/forgotten.json              who asked to be forgotten
 */

import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Log } from "../log.ts";
import { openDocument, type StateDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";
import { openSegments } from "../state/segments.ts";
import { ContextRecord, Contexts } from "./contexts.ts";
import { Forgotten, ForgottenPeople } from "./forgotten.ts";
import { RatingIndex, Ratings } from "./ratings.ts";
import { FeedbackRecord } from "./record.ts";

export interface OpenFeedback {
  readonly contexts: Contexts;
  readonly ratings: Ratings;
  readonly forgotten: Forgotten;
  close(): Promise<void>;
}

/** Where things lie below the folder of feedback. */
export const feedbackPaths = (folder: string) => ({
  contexts: join(folder, "contexts"),
  index: join(folder, "index.json"),
  forgotten: join(folder, "forgotten.json"),
});

/** @throws HintedError if something that is kept cannot be read. */
export async function openFeedback(home: Home, log: Log): Promise<OpenFeedback> {
  const folder = home.path("feedback");
  const paths = feedbackPaths(folder);
  await settleRestore(home.folder);
  await adoptSingleFile(home);
  const records = await openSegments({ folder, schema: FeedbackRecord, log });
  const kept = await openSegments({ folder: paths.contexts, schema: ContextRecord, log });
  const index = await openIndex(paths.index, log);
  return {
    ratings: await Ratings.open({ segments: records, index, log }),
    contexts: new Contexts(kept),
    forgotten: new Forgotten(await openForgotten(folder, log)),
    async close() {
      await Promise.all([records.close(), kept.close()]);
    },
  };
}

/** What it says can be counted again: no damage to it keeps the bot from starting. */
async function openIndex(path: string, log: Log): Promise<StateDocument<RatingIndex>> {
  const options = { path, schema: RatingIndex, initial: RatingIndex.parse({}), log };
  try {
    return await openDocument(options);
  } catch (error) {
    log.warn("feedback index not read", { error });
    for (const copy of [path, `${path}.bak`]) await rm(copy, { force: true });
    return openDocument(options);
  }
}

export function openForgotten(folder: string, log: Log): Promise<StateDocument<ForgottenPeople>> {
  const initial = ForgottenPeople.parse({});
  return openDocument({
    path: feedbackPaths(folder).forgotten,
    schema: ForgottenPeople,
    initial,
    log,
  });
}

/** A restore that was cut short has happened, or has not: nothing of it is left beside. */
export async function settleRestore(home: string): Promise<void> {
  await rm(join(home, "feedback.restoring"), { recursive: true, force: true });
  const [now, replaced] = [join(home, "feedback"), join(home, "feedback.replaced")];
  if (!existsSync(replaced)) return;
  if (existsSync(now)) await rm(replaced, { recursive: true });
  else await rename(replaced, now);
}

/** The first bots wrote all into one file. */
async function adoptSingleFile(home: Home): Promise<void> {
  const [old, first] = [home.path("feedback.journal"), home.path("feedback", "000001.journal")];
  if (!existsSync(old) || existsSync(first)) return;
  await mkdir(home.path("feedback"), { recursive: true });
  await rename(old, first);
}
