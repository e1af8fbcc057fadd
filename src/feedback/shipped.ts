/** Which better answers a model learnt from: those whose rows are among the rows that it was taught. */

import { gatherFeedback } from "./gather.ts";
import type { Item } from "./items.ts";
import { asDecided, readAgain, type InContext } from "./read-again.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import { toRows } from "./rows.ts";

/**
 * Of people who still agree that they are learnt from; whoever does not, or
 * was forgotten, is nobody to be told anything.
 *
 * @param rows the SHA-256 of each row, as an export gives it
 */
export async function shippedCorrections(
  source: FeedbackSource,
  rows: ReadonlySet<string>,
): Promise<Item[]> {
  const gathered = await gatherFeedback(source);
  const { items } = gathered;
  const corrections = items.indicesOf((index) => items.verdictOf(index) === undefined);
  const shipped: Item[] = [];
  for await (const inContext of readAgain(source, gathered, corrections)) {
    if (hashesOf(inContext).some((hash) => rows.has(hash))) shipped.push(inContext.item);
  }
  return shipped;
}

/** As it was given, and as a reviewer would have it. */
function hashesOf({ item, decision, context }: InContext): string[] {
  const origin = { licence: "", consent: "" }; // no part of the hash
  return [item, asDecided(item, decision)].flatMap((one) =>
    toRows(one, context, origin).map(({ sha256 }) => sha256),
  );
}
