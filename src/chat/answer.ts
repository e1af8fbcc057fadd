/** Answers as most are: a text for whoever asked. */

import type { Answer } from "./platform.ts";

export function privately(text: string): Answer {
  return { text, isPrivate: true };
}
