/** A reply as a shadow is told of it: what was asked of the model, and what came of it. */

import { toConversation } from "./history.ts";
import type { MadeReply } from "./make-reply.ts";
import type { Answered } from "./models.ts";
import type { Outcome } from "./platform.ts";
import type { CommunitySettings } from "./settings.ts";

/** What was broken off by somebody says nothing about a model. */
const COMPARABLE: ReadonlySet<Outcome> = new Set(["finished", "length", "silent", "failed"]);

export function toAnswered(
  id: string,
  made: MadeReply,
  { length, temperature }: CommunitySettings,
): Answered | undefined {
  const { outcome, read, seed, model, text, tokens, firstTokenMs, tokensPerSecond } = made;
  if (!COMPARABLE.has(outcome)) return undefined;
  const sampling = { seed, temperature };
  return {
    id,
    model,
    request: { messages: toConversation(read), maxTokens: length, sampling },
    hasFailed: outcome === "failed",
    text,
    tokens,
    firstTokenMs,
    tokensPerSecond,
  };
}
