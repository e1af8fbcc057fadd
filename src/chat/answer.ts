/** Answers as most are: a text for whoever asked; and those that say why nothing was done. */

import type { Answer } from "./platform.ts";

export function privately(text: string): Answer {
  return { text, isPrivate: true };
}

/** Cannot be done as it was asked. */
export function refused(text: string): Answer {
  return { ...privately(text), failure: "refused" };
}

/** A fault of the bot, of which its log tells more. */
export function broken(text: string): Answer {
  return { ...privately(text), failure: "broken" };
}
