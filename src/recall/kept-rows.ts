/**
 * What people gave to learn from, read from the disk for one explanation:
 * the newest part of it that can be read in time.
 */

import { authorsOf, type ContextRecord, type Contexts } from "../feedback/contexts.ts";
import { Bm25Index } from "./bm25.ts";
import { shortened, type RowQuery, type TrainingRow } from "./rows.ts";
import { spelledIn } from "./words.ts";

/** So many conversations are compared at most. */
const MOST_COMPARED = 20_000;

export interface KeptRowsParts {
  readonly contexts: Pick<Contexts, "all">;
  /** Whether this person (a pseudonym) agrees now to what is learnt from there. */
  readonly agrees: (person: string, place: ContextRecord["place"]) => boolean;
  readonly isOver: () => boolean;
}

/** The question and the reply of a context, as one text; nothing if it is gone or not found in time. */
export async function keptTextOf(
  contextId: string,
  { contexts, isOver }: Pick<KeptRowsParts, "contexts" | "isOver">,
): Promise<string | undefined> {
  for await (const context of contexts.all()) {
    if (context.id === contextId) return textOf(context);
    if (isOver()) return undefined;
  }
  return undefined;
}

/** For admins: whose words they are is not told. */
export async function nearestKeptRows(
  { text, most }: Pick<RowQuery, "text" | "most">,
  { contexts, agrees, isOver }: KeptRowsParts,
): Promise<TrainingRow[]> {
  const kept: ContextRecord[] = [];
  for await (const context of contexts.all()) {
    if (isOver()) break;
    const isAgreed = authorsOf(context).every((author) => agrees(author, context.place));
    if (isAgreed && textOf(context) !== text) kept.push(context);
    if (kept.length > MOST_COMPARED) kept.shift();
  }
  const index = new Bm25Index();
  for (const context of kept) index.add(spelledIn(textOf(context)));
  return index.nearest(spelledIn(text), most).flatMap((hit) => {
    const context = kept[hit.text];
    return context ? [toRow(context)] : [];
  });
}

function toRow({ turns, reply }: ContextRecord): TrainingRow {
  return {
    user: shortened(questionOf(turns)),
    bot: shortened(reply),
    source: "from feedback",
    licence: "opted in",
  };
}

function textOf({ turns, reply }: ContextRecord): string {
  return `${questionOf(turns)}\n${reply}`;
}

function questionOf(turns: ContextRecord["turns"]): string {
  return turns.findLast(({ role }) => role === "user")?.content ?? "";
}
