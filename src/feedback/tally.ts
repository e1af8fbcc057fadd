/** What ratings add up to, record by record, in bounded memory. */

import type { FeedbackRecord } from "./record.ts";

/**
 * Ratings that are looked up without reading a journal. Whoever changes a
 * rating that so many came after is counted twice until the next compaction.
 */
const REMEMBERED = 50_000;

export interface RatingCounts {
  readonly good: number;
  readonly bad: number;
  readonly corrections: number;
}

export const NO_RATINGS: RatingCounts = { good: 0, bad: 0, corrections: 0 };

export class Tally {
  readonly #verdicts = new Map<string, "good" | "bad">();
  readonly #counts: { -readonly [key in keyof RatingCounts]: number };

  constructor(counts: RatingCounts = NO_RATINGS) {
    this.#counts = { ...counts };
  }

  get counts(): RatingCounts {
    return { ...this.#counts };
  }

  verdictOf(reply: string, rater: string): "good" | "bad" | undefined {
    return this.#verdicts.get(`${reply}/${rater}`);
  }

  count(record: FeedbackRecord): void {
    const before = this.verdictOf(record.reply, record.rater);
    this.remember(record);
    if (record.kind === "correction") this.#counts.corrections++;
    if (record.kind !== "rating" && record.kind !== "retraction") return;
    if (before) this.#counts[before]--;
    if (record.kind === "rating") this.#counts[record.verdict]++;
  }

  /** Takes note of a record that is counted already. */
  remember(record: FeedbackRecord): void {
    if (record.kind !== "rating" && record.kind !== "retraction") return;
    const key = `${record.reply}/${record.rater}`;
    this.#verdicts.delete(key);
    if (record.kind === "retraction") return;
    this.#verdicts.set(key, record.verdict);
    const [oldest] = this.#verdicts.keys();
    if (oldest !== undefined && this.#verdicts.size > REMEMBERED) this.#verdicts.delete(oldest);
  }
}
