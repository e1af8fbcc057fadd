/** Which better answers a model learnt from: those whose rows are among the rows that it was taught. */

import type { ContextRecord } from "./contexts.ts";
import { gatherFeedback, type Decision, type Item } from "./gather.ts";
import { groupBy } from "./group-by.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import type { Correction } from "./record.ts";
import { toRows } from "./rows.ts";

type CorrectionItem = Item & Correction;

/**
 * Of people who still agree that they are learnt from; whoever does not, or
 * was forgotten, is nobody to be told anything.
 *
 * @param rows the SHA-256 of each row, as an export gives it
 */
export async function shippedCorrections(
  source: FeedbackSource,
  rows: ReadonlySet<string>,
): Promise<CorrectionItem[]> {
  const { items, decisions } = await gatherFeedback(source);
  const corrections = groupBy(items.filter(isCorrection), ({ context }) => context);
  const shipped: CorrectionItem[] = [];
  for await (const context of source.contexts()) {
    const onContext = corrections.get(context.id) ?? [];
    corrections.delete(context.id); // kept twice, it is still one
    for (const item of onContext) {
      const hashes = hashesOf(item, decisions.get(item.id), context);
      if (hashes.some((hash) => rows.has(hash))) shipped.push(item);
    }
  }
  return shipped;
}

/** As it was given, and as a reviewer would have it. */
function hashesOf(
  item: CorrectionItem,
  decision: Decision | undefined,
  context: ContextRecord,
): string[] {
  const texts = [item.text, ...(decision?.text === undefined ? [] : [decision.text])];
  const origin = { licence: "", consent: "" }; // no part of the hash
  return texts.flatMap((text) =>
    toRows({ ...item, text }, context, origin).map(({ row }) => row.sha256),
  );
}

function isCorrection(item: Item): item is CorrectionItem {
  return item.kind === "correction";
}
