/** What stands in small print under a reply: what people should know about how it was made. */

import type { Message } from "../core/chat/conversation.ts";
import { MESSAGE_LIMIT } from "./history.ts";
import type { ChatMessage, Outcome } from "./platform.ts";

export interface ReplyFacts {
  readonly outcome: Outcome;
  readonly question: readonly ChatMessage[];
  readonly messages: readonly Message[];
  readonly droppedTurns: number;
  /** People of this place know already that its beginning is forgotten. */
  readonly knowsForgetting: boolean;
  /** Earlier messages could not be fetched. */
  readonly hasLostHistory: boolean;
  /** Why it failed, in words. */
  readonly failure?: string | undefined;
  /** The first reply this person gets. */
  readonly isFirstContact: boolean;
}

export function notesOn(facts: ReplyFacts): string[] {
  const { outcome, question, hasLostHistory, isFirstContact } = facts;
  const notes: string[] = [];
  const end = endOf(facts);
  if (end) notes.push(end);
  const reach = reachOf(facts);
  if (reach === "cut") notes.push("Your message was longer than I can read: I read its end.");
  if (reach === "forgot" && !facts.knowsForgetting) notes.push(forgotten(facts.droppedTurns));
  if (question.some(({ attachments }) => attachments > 0)) {
    notes.push("I can only read text, not what is attached.");
  }
  if (hasLostHistory) notes.push("I could not look up what was said before.");
  if (isFirstContact && outcome === "finished") notes.push(FIRST_CONTACT);
  return notes;
}

const FIRST_CONTACT =
  "A small model on one machine; it can be wrong. Nothing you say is used to train it unless you opt in, everywhere (`opt-in`) or in this channel (`opt-in here`); `privacy` tells more.";

function endOf({ outcome, failure }: ReplyFacts): string | undefined {
  switch (outcome) {
    case "length":
      return "Cut off at my longest reply.";
    case "stopped":
      return "Stopped.";
    case "interrupted":
      return "I was restarted in the middle of this. Ask again for the rest.";
    case "withheld":
      return "I stopped here: the rest would have repeated something a person said in private.";
    case "failed":
      return `I could not go on: ${failure ?? "something went wrong"}`;
    default:
      return undefined;
  }
}

type Reach = "whole" | "forgot" | "cut";

/** How much the model could read: all, the end of the conversation, or not even the whole question. */
export function reachOf({
  question,
  messages,
  droppedTurns,
}: Pick<ReplyFacts, "question" | "messages" | "droppedTurns">): Reach {
  const turns = messages.filter(
    ({ role }, index) => role === "user" && messages[index - 1]?.role !== "user",
  );
  const isCut = droppedTurns > 0 && droppedTurns >= turns.length;
  if (isCut || question.some(({ text }) => text.length > MESSAGE_LIMIT)) return "cut";
  return droppedTurns > 0 ? "forgot" : "whole";
}

function forgotten(turns: number): string {
  return turns === 1
    ? "The first exchange of this conversation no longer fits into what I can read."
    : `The first ${turns} exchanges of this conversation no longer fit into what I can read.`;
}
