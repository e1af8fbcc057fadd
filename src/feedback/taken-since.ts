/** How much of what is learnt from is new since a moment: said after it, or let through by a reviewer. */

import type { Gathered } from "./gather.ts";
import { numberOfId } from "./items.ts";
import type { FeedbackSource } from "./read-feedback.ts";
import type { Judgement } from "./screen.ts";

export interface Span {
  /** Milliseconds since 1970, as is the other. */
  readonly since: number;
  /** What is dated later was given while the clock was wrong, and would be new for ever. */
  readonly now: number;
}

/** @param judgements of the items, in their order */
export async function countTakenSince(
  source: Pick<FeedbackSource, "records">,
  { items }: Gathered,
  judgements: readonly Judgement[],
  { since, now }: Span,
): Promise<number> {
  const isNew = (at: number) => at >= since && at <= now;
  const decided = new Set<number>();
  for await (const record of source.records()) {
    if (record.kind === "decision" && isNew(record.at)) decided.add(numberOfId(record.item));
  }
  return judgements.filter(({ outcome }, index) => {
    return outcome === "taken" && (isNew(items.time.at(index)) || decided.has(items.id.at(index)));
  }).length;
}
