/** What the model was taught, and what people gave to learn from, that is nearest to a reply. */

import type { Contexts } from "../feedback/contexts.ts";
import { keptTextOf, nearestKeptRows } from "../recall/kept-rows.ts";
import type { OriginalRows } from "../recall/original-rows.ts";
import type { Clock } from "./clock.ts";
import type { Consent } from "./consent.ts";
import type { ExplainOptions } from "./explain.ts";
import type { ReplyRecord } from "./replies.ts";

const MOST_ROWS = 3;

/** So long what is kept of conversations is read for an explanation, in milliseconds. */
const READING_TIME = 1000;

export interface NearestParts {
  /** What the model was taught with, where it can be searched. */
  readonly originalRows?: Pick<OriginalRows, "nearest"> | undefined;
  readonly contexts: Contexts;
  readonly consent: Consent;
  readonly clock: Clock;
}

/** Only admins see what is not for everybody to read. Nothing where the words of the reply are gone. */
export async function nearestTo(
  { context }: ReplyRecord,
  { isAdmin, said }: Pick<ExplainOptions, "isAdmin" | "said">,
  { originalRows, contexts, consent, clock }: NearestParts,
): Promise<ExplainOptions["nearest"]> {
  const lasting = () => timeToRead(clock);
  const text = said
    ? `${said.question}\n${said.reply}`
    : context && (await keptTextOf(context, { contexts, isOver: lasting() })); // of those who opted in
  if (text === undefined) return undefined;
  const query = { text, most: MOST_ROWS, isPublic: !isAdmin };
  const agrees: Consent["has"] = (person, place) => consent.has(person, place);
  const [nearest, kept] = await Promise.all([
    originalRows?.nearest(query),
    isAdmin ? nearestKeptRows(query, { contexts, agrees, isOver: lasting() }) : [],
  ]);
  return nearest && { ...nearest, kept };
}

function timeToRead(clock: Clock): () => boolean {
  const end = clock.now() + READING_TIME;
  return () => clock.now() > end;
}
