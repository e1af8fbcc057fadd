/** What ratings add up to, record by record, in bounded memory. */

import type { FeedbackRecord } from "./record.ts";

/**
 * At least so many ratings are looked up without reading a journal, and at
 * most twice as many. Whoever changes one that was rated before those is
 * counted twice until the next compaction.
 */
export const REMEMBERED = 50_000;

export interface Rated {
  readonly reply: string;
  readonly rater: string;
  readonly verdict: "good" | "bad";
}

export interface RatingCounts {
  readonly good: number;
  readonly bad: number;
  readonly corrections: number;
}

export const NO_RATINGS: RatingCounts = { good: 0, bad: 0, corrections: 0 };

export class Tally {
  /** Two generations: taking the oldest out of one large map, again and again, is slow. */
  #newer = new Map<string, "good" | "bad">();
  #older = new Map<string, "good" | "bad">();
  readonly #counts: { -readonly [key in keyof RatingCounts]: number };

  constructor(counts: RatingCounts = NO_RATINGS) {
    this.#counts = { ...counts };
  }

  get counts(): RatingCounts {
    return { ...this.#counts };
  }

  verdictOf(reply: string, rater: string): "good" | "bad" | undefined {
    const key = `${reply}/${rater}`;
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  /** All that are remembered, each once. */
  *ratings(): Generator<Rated, void, void> {
    for (const generation of [this.#older, this.#newer]) {
      for (const [key, verdict] of generation) {
        if (generation === this.#older && this.#newer.has(key)) continue;
        const [reply = "", rater = ""] = key.split("/"); // both are hexadecimal
        yield { reply, rater, verdict };
      }
    }
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
    if (record.kind === "retraction") {
      this.#newer.delete(key);
      this.#older.delete(key);
      return;
    }
    this.#newer.set(key, record.verdict);
    if (this.#newer.size < REMEMBERED) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }
}
