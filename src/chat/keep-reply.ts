/**
 * Keeps what is needed to find a reply again, and, of those who opted in,
 * what it answered.
 */

import type { Contexts } from "../feedback/contexts.ts";
import type { Log } from "../log.ts";
import type { Clock } from "./clock.ts";
import type { Consent } from "./consent.ts";
import type { MadeReply } from "./make-reply.ts";
import type { People } from "./people.ts";
import type { Place } from "./platform.ts";
import type { Replies } from "./replies.ts";
import { isLearntFrom, type BotSettings } from "./settings.ts";
import type { StateDocument } from "../state/document.ts";
import { toContext } from "./to-context.ts";
import type { Turn } from "./turns.ts";

export interface KeepParts {
  readonly replies: Replies;
  readonly contexts: Contexts;
  readonly consent: Consent;
  readonly people: People;
  readonly settings: StateDocument<BotSettings>;
  readonly clock: Clock;
}

export interface Kept {
  readonly replyId: string;
  readonly turn: Turn;
  readonly made: MadeReply;
  /** Pseudonym of whoever asked the question first, where it is answered anew: who asks again need not be who asked. */
  readonly firstAsker: string | undefined;
}

export async function keepReply(kept: Kept, parts: KeepParts, log: Log): Promise<void> {
  const { replyId, turn, made, firstAsker } = kept;
  const { people, replies, clock } = parts;
  const last = turn.utterances.at(-1);
  if (!last || made.messages.length === 0) return;
  const { place, author } = last.message;
  const asker = people.pseudonymOf(place.platform, author.id);
  const isOwnQuestion = (firstAsker ?? asker) === asker;
  const context = isOwnQuestion ? await keepContext(place, made, parts, log) : undefined;
  await replies.save({
    id: replyId,
    at: clock.now(),
    place,
    asker,
    question: turn.utterances.map(({ message: { id } }) => id),
    ...factsOf(made),
    context,
  });
}

/** All but what was said, which stays on the platform. */
export function factsOf(made: MadeReply) {
  const { text: _, read: __, forgets: ___, ...facts } = made;
  return facts;
}

/** The reply stands, whether or not the disk takes what was said. */
async function keepContext(
  place: Place,
  made: MadeReply,
  { contexts, consent, people, settings, clock }: KeepParts,
  log: Log,
): Promise<string | undefined> {
  if (!isLearntFrom(settings.value, place)) return undefined;
  const context = toContext(made, (author) => {
    const pseudonym = people.pseudonymOf(place.platform, author.id);
    return !author.isBot && consent.has(pseudonym) ? pseudonym : undefined;
  });
  if (!context) return undefined;
  const { platform, community, channel } = place;
  try {
    return await contexts.keep({
      at: clock.now(),
      place: { platform, community, channel },
      ...context,
    });
  } catch (error) {
    log.warn("context not kept", { error });
    return undefined;
  }
}
