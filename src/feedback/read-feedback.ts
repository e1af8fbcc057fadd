/**
 * Feedback as it lies in a home, for whoever only reads: the bot may be
 * running there, nothing is locked and nothing is written.
 */

import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { Consent } from "../chat/consent.ts";
import { openConsents, openSettings } from "../chat/open-documents.ts";
import type { BotSettings } from "../chat/settings.ts";
import { HintedError } from "../core/errors.ts";
import type { Log } from "../log.ts";
import { readSegments } from "../state/segments.ts";
import { ContextRecord } from "./contexts.ts";
import { Forgotten } from "./forgotten.ts";
import { feedbackPaths, openForgotten } from "./open-feedback.ts";
import { FeedbackRecord } from "./record.ts";

/** All that decides what may be learnt. */
export interface FeedbackSource {
  readonly records: () => AsyncIterable<FeedbackRecord>;
  readonly contexts: () => AsyncIterable<ContextRecord>;
  readonly consent: Consent;
  readonly forgotten: Forgotten;
  readonly settings: BotSettings;
}

/** @throws HintedError if there is no feedback. */
export async function readFeedback(home: string, log: Log): Promise<FeedbackSource> {
  const folder = resolve(home, "feedback");
  if (!existsSync(folder)) {
    throw new HintedError(`There is no feedback in ${home}.`, {
      hint: "Name the folder of the bot with LFZ_HOME; feedback begins with the first rating.",
    });
  }
  const consents = await openConsents(home, log);
  const settings = await openSettings(home, log);
  const contexts = { folder: feedbackPaths(folder).contexts, schema: ContextRecord, log };
  return {
    records: () => readSegments({ folder, schema: FeedbackRecord, log }),
    contexts: () => readSegments(contexts),
    consent: new Consent(consents),
    forgotten: new Forgotten(await openForgotten(folder, log)),
    settings: settings.value,
  };
}
