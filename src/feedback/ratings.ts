/**
 * What people think of replies: thumbs, reasons and better answers, and what
 * reviewers made of them.
 *
 * Every word is on disk before it counts. The last rating of a person for a
 * reply wins; taking it back is a record too. An index says how far the
 * segments are counted, so that a start counts the newest ones only. Raters are
 * pseudonyms.
 */

import { z } from "zod";

import type { StateDocument } from "../state/document.ts";
import type { Log } from "../log.ts";
import { inOrder } from "../state/in-order.ts";
import { FORGETTING, type Edit, type EditOptions, type Segments } from "../state/segments.ts";
import { LastPositions } from "./last-positions.ts";
import { shortKeyOf, toRecord, type FeedbackRecord, type NewFeedback } from "./record.ts";
import { NO_RATINGS, REMEMBERED, Tally, type Rated, type RatingCounts } from "./tally.ts";

/** The share of records that no longer count from which on all are written anew. */
const WORTH_COMPACTING = 1 / 10;

export const RatingIndex = z
  .strictObject({
    /** The last segment that is counted; 0: count all. */
    through: z.int().default(0),
    counts: z
      .strictObject({ good: z.int(), bad: z.int(), corrections: z.int() })
      .readonly()
      .default(NO_RATINGS),
  })
  .readonly();

export type RatingIndex = z.infer<typeof RatingIndex>;

export interface RatingsParts {
  readonly segments: Segments<FeedbackRecord>;
  readonly index: StateDocument<RatingIndex>;
  readonly log: Log;
}

export class Ratings {
  readonly #parts: RatingsParts;
  /** Edits; each sees the positions that the one before left. */
  readonly #inOrder = inOrder();
  #tally = new Tally();
  /** The segment the last record went to. */
  #segment: number;
  /** What is saved while segments are edited, and where it went. */
  #meanwhile: { readonly record: FeedbackRecord; readonly segment: number }[] | undefined;

  private constructor(parts: RatingsParts) {
    this.#parts = parts;
    this.#segment = parts.segments.sealed + 1;
  }

  static async open(parts: RatingsParts): Promise<Ratings> {
    const ratings = new Ratings(parts);
    await ratings.#recall();
    return ratings;
  }

  get counts(): RatingCounts {
    return this.#tally.counts;
  }

  verdictOf(reply: string, rater: string): "good" | "bad" | undefined {
    return this.#tally.verdictOf(reply, rater);
  }

  /** Oldest first. */
  all(): AsyncIterable<FeedbackRecord> {
    return this.#parts.segments.records();
  }

  /** The newest ratings, of those that were not taken back: read from memory. */
  recent(): Iterable<Rated> {
    return this.#tally.ratings();
  }

  /** Counts once it is on disk. */
  async save(feedback: NewFeedback): Promise<void> {
    const record = toRecord(feedback);
    const segment = await this.#parts.segments.append(record);
    if (segment > this.#segment) this.#begin(segment);
    this.#tally.count(record);
    this.#meanwhile?.push({ record, segment });
  }

  /** Removes every word of a person from the disk; what is rated meanwhile stays. Their decisions stay, nobody's. */
  forget(person: string): Promise<number> {
    const change = (record: FeedbackRecord) => {
      if (record.rater === person) return undefined;
      const isReviewer = record.kind === "decision" && record.reviewer === person;
      return isReviewer ? { ...record, reviewer: "forgotten" } : record;
    };
    return this.#inOrder(() => this.#rewrite(change, FORGETTING));
  }

  /** Drops what no longer counts, if it is worth it: earlier words of the same person on the same reply, ratings taken back. */
  compact(): Promise<number> {
    return this.#inOrder(async () => {
      const last = new LastPositions();
      let length = 0;
      for await (const record of this.all()) {
        if (record.kind === "retraction") last.delete(shortKeyOf(record));
        else last.set(shortKeyOf(record), length);
        length++;
      }
      if (length - last.size < length * WORTH_COMPACTING) return 0;
      return this.#rewrite((record, position) => {
        const counts = position >= length || last.get(shortKeyOf(record)) === position;
        return counts ? record : undefined;
      });
    });
  }

  async #recall(): Promise<void> {
    const { segments, index } = this.#parts;
    const { through, counts } = index.value;
    const counted = through <= segments.sealed ? through : 0; // an index of other segments says nothing
    this.#tally = new Tally(counted > 0 ? counts : NO_RATINGS);
    for (const record of await this.#lastCounted(counted)) this.#tally.remember(record);
    for await (const record of segments.records({ from: counted + 1 })) this.#tally.count(record);
  }

  /** Of the segments up to that one as many, whole and oldest first, as hold what is to be remembered: an edit may have left small ones. */
  async #lastCounted(through: number): Promise<FeedbackRecord[]> {
    const found: FeedbackRecord[][] = [];
    let ratings = 0;
    for (let segment = through; segment > 0 && ratings < REMEMBERED; segment--) {
      const records: FeedbackRecord[] = [];
      for await (const record of this.#parts.segments.records({ from: segment, to: segment })) {
        records.push(record);
        if (record.kind === "rating") ratings++;
      }
      found.unshift(records);
    }
    return found.flat();
  }

  /** All records of the segments before have been counted: appends resolve in order. */
  #begin(segment: number): void {
    this.#segment = segment;
    if (this.#meanwhile) return; // the index says that all is to be counted, until the edit is over
    void this.#writeIndex(segment - 1, this.counts);
  }

  /** If it fails half-way, or the process dies, all is counted again at the next start. */
  async #rewrite(change: Edit<FeedbackRecord>, options?: EditOptions): Promise<number> {
    const { segments, index } = this.#parts;
    const tally = new Tally();
    this.#meanwhile = [];
    try {
      await index.change((value) => ({ ...value, through: 0 }));
      const { dropped, through } = await segments.edit((before, position) => {
        const record = change(before, position);
        if (record) tally.count(record);
        return record;
      }, options);
      await this.#writeIndex(through, tally.counts);
      for (const { record, segment } of this.#meanwhile) if (segment > through) tally.count(record);
      this.#tally = tally;
      return dropped;
    } finally {
      this.#meanwhile = undefined;
    }
  }

  async #writeIndex(through: number, counts: RatingCounts): Promise<void> {
    try {
      await this.#parts.index.change(() => ({ through, counts }));
    } catch (error) {
      this.#parts.log.warn("feedback index not written", { error }); // the next start reads more
    }
  }
}
