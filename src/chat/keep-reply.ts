/**
 * Keeps what is needed to find a reply again, and, of those who opted in,
 * what it answered.
 */

import type { Contexts } from "../feedback/contexts.ts";
import type { Forgotten } from "../feedback/forgotten.ts";
import type { Log } from "../log.ts";
import { certaintyOf } from "./certainty.ts";
import type { Clock } from "./clock.ts";
import type { Consent } from "./consent.ts";
import { toTurns } from "./history.ts";
import type { MadeReply } from "./make-reply.ts";
import type { Models } from "./models.ts";
import type { People } from "./people.ts";
import type { Person, Place, WrittenReply } from "./platform.ts";
import { newReplyId, type Replies, type ReplyRecord } from "./replies.ts";
import type { SaidLately } from "./said-lately.ts";
import { isLearntFrom, type BotSettings } from "./settings.ts";
import type { StateDocument } from "../state/document.ts";
import { toContext, type Exchange } from "./to-context.ts";
import type { Turn } from "./turns.ts";

export interface KeepParts {
  readonly replies: Replies;
  readonly saidLately: SaidLately;
  readonly models?: Pick<Models, "trial"> | undefined;
  readonly contexts: Contexts;
  readonly forgotten: Forgotten;
  readonly consent: Consent;
  readonly people: People;
  readonly settings: StateDocument<BotSettings>;
  readonly clock: Clock;
}

export interface Kept {
  readonly replyId: string;
  readonly turn: Turn;
  readonly begunAt: number;
  readonly made: MadeReply;
  /** Pseudonym of whoever asked the question first, where it is answered anew: who asks again need not be who asked. */
  readonly firstAsker: string | undefined;
}

export async function keepReply(kept: Kept, parts: KeepParts, log: Log): Promise<void> {
  const { replyId, turn, begunAt, made, firstAsker } = kept;
  const last = turn.utterances.at(-1);
  if (!last || made.messages.length === 0) return;
  const { place } = last.message;
  const author = parts.people.pseudonymOf(place.platform, last.message.author.id);
  const asker = firstAsker ?? author;
  // By our own clock at the latest: that of the platform may be ahead of it.
  const askedAt = Math.min(begunAt, ...turn.utterances.map(({ message: { at } }) => at));
  const isForgotten = () => parts.forgotten.covers(asker, askedAt);
  const { outcome, text, read } = made;
  const exchange = { outcome, text, askers: askersOf(read), turns: toTurns(read) };
  const isKept = asker === author && !isForgotten();
  const context = isKept ? await keepContext(place, exchange, parts, log) : undefined;
  if (isForgotten()) return;
  const question = read.question.map((said) => said.text).join("\n");
  parts.saidLately.keep(replyId, { asker, question, reply: text, tokens: made.said });
  await parts.replies.save({
    id: replyId,
    at: parts.clock.now(),
    place,
    asker,
    question: turn.utterances.map(({ message: { id } }) => id),
    ...factsOf(made),
    isCanary: parts.models?.trial === made.model,
    context,
  });
}

/** The same for a reply that a platform let the model write by itself; nothing if its asker was forgotten meanwhile. */
export async function keepWritten(
  { place, asker: person, begunAt, read, text, ...facts }: WrittenReply,
  parts: KeepParts,
  log: Log,
): Promise<ReplyRecord | undefined> {
  const asker = parts.people.pseudonymOf(place.platform, person.id);
  const isForgotten = () => parts.forgotten.covers(asker, begunAt);
  const turns = read.map((message) =>
    message.role === "user" ? { message, author: person } : { message },
  );
  const exchange = { outcome: facts.outcome, text, askers: [person], turns };
  const context = isForgotten() ? undefined : await keepContext(place, exchange, parts, log);
  if (isForgotten()) return undefined;
  const id = newReplyId();
  const record: ReplyRecord = {
    id,
    at: parts.clock.now(),
    place,
    asker,
    question: [id], // messages there have no ids: the reply's stands for it and for its question
    messages: [id],
    ...facts,
    context,
  };
  await parts.replies.save(record);
  return record;
}

/** All but what was said, which stays on the platform. */
export function factsOf(made: MadeReply) {
  const { text: _, read, forgets: __, said, sampling, ...facts } = made;
  return {
    ...facts,
    temperature: sampling?.temperature,
    topP: sampling?.topP,
    certainty: certaintyOf(said),
    hasPersona: read.persona !== undefined,
  };
}

function askersOf({ question }: MadeReply["read"]): Person[] {
  return question.map(({ author }) => author);
}

/** The reply stands, whether or not the disk takes what was said. */
async function keepContext(
  place: Place,
  exchange: Exchange,
  { replies, contexts, consent, people, settings, clock }: KeepParts,
  log: Log,
): Promise<string | undefined> {
  if (!isLearntFrom(settings.value, place)) return undefined;
  const context = toContext(exchange, {
    agreedAs: (author) => {
      const pseudonym = people.pseudonymOf(place.platform, author.id);
      return !author.isBot && consent.has(pseudonym, place) ? pseudonym : undefined;
    },
    askerOf: (ownId) => replies.at(place.channel, ownId)?.asker,
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
