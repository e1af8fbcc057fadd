/**
 * What was said, read from the disk once more for chosen items: the context of
 * each and, of a better answer, its words.
 *
 * Contexts are read once, one at a time. The better answers on the next of
 * them are read ahead, as many as fit into memory; so whatever there is, it is
 * read in a few passes.
 */

import type { ContextRecord } from "./contexts.ts";
import type { Decision, Gathered } from "./gather.ts";
import { Groups } from "./groups.ts";
import type { Item, Items } from "./items.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import type { Correction, Rating } from "./record.ts";

/** Characters of better answers that are held at once, and what each takes besides. */
const HELD_CHARACTERS = 32 * 1024 * 1024;
const EACH = 256;

export type ItemInWords = Item &
  (Pick<Correction, "kind" | "text"> | Pick<Rating, "kind" | "verdict">);

export interface InContext {
  /** Which of the items it is. */
  readonly index: number;
  readonly item: ItemInWords;
  readonly decision: Decision | undefined;
  readonly context: ContextRecord;
}

/**
 * In the order of the contexts. What is gone from the disk since it was
 * gathered is left out.
 *
 * @param chosen items, in their order
 */
export async function* readAgain(
  source: FeedbackSource,
  { items, contexts, decisions }: Gathered,
  chosen: Uint32Array,
): AsyncGenerator<InContext> {
  const orderOf = (index: number) => contexts.orderOf(items.context.at(index));
  const onContexts = new Groups(chosen, contexts.count, orderOf);
  let next = 0; // the first context that was not read yet
  let texts: ReadonlyMap<number, string> = new Map();
  let textsEnd = 0; // in the order of the contexts, they are those of the items before
  for await (const context of source.contexts()) {
    const order = contexts.orderOfId(context.id) ?? -1;
    if (order < next) continue; // nobody asked for it; or it is kept twice, and still one
    next = order + 1;
    const [start, end] = [onContexts.startOf(order), onContexts.startOf(next)];
    if (end > textsEnd) {
      textsEnd = Math.max(end, endOfFitting(items, onContexts.members, start));
      texts = await readTexts(source, items, onContexts.members.subarray(start, textsEnd));
    }
    for (const index of onContexts.of(order)) {
      const item = withText(items.at(index), texts.get(index));
      const decision = decisions.get(items.id.at(index));
      if (item) yield { index, item, decision, context };
    }
  }
}

/** With the words a reviewer gave it. */
export function asDecided(item: ItemInWords, decision: Decision | undefined): ItemInWords {
  const text = decision?.text;
  return item.kind === "correction" && text !== undefined ? { ...item, text } : item;
}

function withText(item: Item, text: string | undefined): ItemInWords | undefined {
  if (item.kind === "rating") return item;
  return text === undefined ? undefined : { ...item, text };
}

/** Where those end, from a start on, whose words may be held at once. */
function endOfFitting(items: Items, indices: Uint32Array, start: number): number {
  let held = 0;
  for (let end = start; end < indices.length; end++) {
    const index = indices[end] ?? 0;
    if (items.verdictOf(index) === undefined) held += items.characters.at(index) + EACH;
    if (held > HELD_CHARACTERS) return end;
  }
  return indices.length;
}

/** The words of those that are better answers. */
async function readTexts(
  source: FeedbackSource,
  items: Items,
  indices: Uint32Array,
): Promise<Map<number, string>> {
  const wanted = new Map<string, number>();
  for (const index of indices) {
    if (items.verdictOf(index) === undefined) wanted.set(keyOf(items.at(index)), index);
  }
  const texts = new Map<number, string>();
  if (wanted.size === 0) return texts;
  for await (const record of source.records()) {
    const index = record.kind === "correction" ? wanted.get(keyOf(record)) : undefined;
    if (index !== undefined && record.kind === "correction") texts.set(index, record.text);
  }
  return texts;
}

/** Said twice in one millisecond, the later counts. */
const keyOf = ({ reply, rater, at }: Pick<Item, "reply" | "rater" | "at">) =>
  `${reply}/${rater}/${at}`;
