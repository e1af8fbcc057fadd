/** `my-data`: all that is kept of whoever asks, as a file. */

import { authorsOf, type ContextRecord } from "../../feedback/contexts.ts";
import type { FeedbackRecord } from "../../feedback/record.ts";
import { directPlacesOf, settingsIn } from "../direct-settings.ts";
import type { ChatCommand, CommandContext } from "./index.ts";
import { toJsonText } from "../../core/files.ts";

export const myData: ChatCommand = {
  name: "my-data",
  summary: "All I keep about you, as a file",
  audience: "everyone",
  isPrivate: true,
  options: [],
  async run({ place, person }, context) {
    const pseudonym = context.people.pseudonymOf(place.platform, person.id);
    const mutedUntil = context.settings.value.mutedPeople[`${place.platform}:${person.id}`];
    const direct = directPlacesOf(pseudonym, place, context.replies);
    const directConversations = settingsIn(direct, pseudonym, context.settings.value);
    const kept = {
      pseudonym,
      mutedUntil,
      directConversations,
      ...(await collect(pseudonym, context)),
    };
    const file = { name: "my-data.json", text: toJsonText(kept) };
    const stays: string[] = [];
    if (mutedUntil !== undefined) stays.push("how long you are muted");
    if (Object.keys(directConversations.beginnings).length > 0) stays.push("when you said `reset`");
    const except = stays.length === 0 ? "" : `, but for ${stays.join(" and ")}`;
    return { text: `This is all I keep about you. \`forget-me\` deletes it${except}.`, file };
  },
};

async function collect(
  person: string,
  { consent, forgotten, replies, ratings, contexts, taught }: CommandContext,
): Promise<object> {
  const feedback: FeedbackRecord[] = [];
  for await (const record of ratings.all()) {
    const isReviewer = record.kind === "decision" && record.reviewer === person;
    if (record.rater === person || isReviewer) feedback.push(record);
  }
  const conversations: object[] = [];
  for await (const context of contexts.all()) {
    if (authorsOf(context).includes(person)) conversations.push(withoutOthers(context, person));
  }
  return {
    optedInAt: consent.since(person),
    decidedOtherwiseIn: consent.exceptionsOf(person),
    forgottenAt: forgotten.since(person),
    replies: [...replies.all()].filter(({ asker }) => asker === person),
    feedback,
    conversations,
    models: (await taught?.taughtBy(person)) ?? [],
  };
}

/** What others said in the same conversation is theirs. */
function withoutOthers(context: ContextRecord, person: string): object {
  const turns = context.turns.map((turn) =>
    turn.author === undefined || turn.author === person
      ? turn
      : { role: turn.role, content: "(somebody else)" },
  );
  return { ...context, turns };
}
