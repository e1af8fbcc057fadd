/** The feedback of a bot that is running, for whoever asks what may be learnt from it at this moment. */

import type { Consent } from "../chat/consent.ts";
import type { BotSettings } from "../chat/settings.ts";
import type { StateDocument } from "../state/document.ts";
import type { Contexts } from "./contexts.ts";
import type { Forgotten } from "./forgotten.ts";
import type { Ratings } from "./ratings.ts";
import type { FeedbackSource } from "./read-feedback.ts";

export interface OwnFeedback {
  readonly ratings: Ratings;
  readonly contexts: Contexts;
  readonly consent: Consent;
  readonly forgotten: Forgotten;
  readonly settings: StateDocument<BotSettings>;
}

export function sourceOf({
  ratings,
  contexts,
  consent,
  forgotten,
  settings,
}: OwnFeedback): FeedbackSource {
  return {
    records: () => ratings.all(),
    contexts: () => contexts.all(),
    consent,
    forgotten,
    settings: settings.value,
  };
}
