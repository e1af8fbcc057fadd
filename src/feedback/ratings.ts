/**
 * What people think of replies: thumbs, reasons and better answers.
 *
 * Every word lands in an append-only journal before it counts. The last
 * rating of a person for a reply wins; taking it back is a record too.
 * Raters are pseudonyms.
 */

import { z } from "zod";

import type { Journal } from "../chat/stores.ts";

/** Ratings that are looked up without reading the journal; enough for every reply that still has buttons. */
const REMEMBERED = 50_000;

const common = {
  at: z.number(),
  reply: z.string(),
  rater: z.string(),
  /** Who said it, and with which model. */
  model: z.string(),
  /** The context of the reply, where there is one. */
  context: z.string().optional(),
};

export const FeedbackRecord = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("rating"), verdict: z.enum(["good", "bad"]), ...common }),
    z.strictObject({ kind: z.literal("retraction"), ...common }),
    z.strictObject({ kind: z.literal("reason"), text: z.string(), ...common }),
    z.strictObject({ kind: z.literal("correction"), text: z.string(), ...common }),
  ])
  .readonly();

export type FeedbackRecord = z.infer<typeof FeedbackRecord>;

export interface RatingCounts {
  readonly good: number;
  readonly bad: number;
  readonly corrections: number;
}

export class Ratings {
  readonly #journal: Journal<FeedbackRecord>;
  readonly #verdicts = new Map<string, "good" | "bad">();
  readonly #counts = { good: 0, bad: 0, corrections: 0 };

  private constructor(journal: Journal<FeedbackRecord>) {
    this.#journal = journal;
  }

  static async open(journal: Journal<FeedbackRecord>): Promise<Ratings> {
    const ratings = new Ratings(journal);
    for await (const record of journal.records()) ratings.#take(record);
    return ratings;
  }

  get counts(): RatingCounts {
    return this.#counts;
  }

  verdictOf(reply: string, rater: string): "good" | "bad" | undefined {
    return this.#verdicts.get(`${reply}/${rater}`);
  }

  /** Counts once it is on disk. */
  async save(record: FeedbackRecord): Promise<void> {
    await this.#journal.append(record);
    this.#take(record);
  }

  /** Removes every record of a person from the disk; what is rated meanwhile stays. */
  async forget(rater: string): Promise<number> {
    let forgotten = 0;
    const others = async function* (journal: Journal<FeedbackRecord>) {
      for await (const record of journal.records()) {
        if (record.rater === rater) forgotten++;
        else yield record;
      }
    };
    await this.#journal.rewrite(others(this.#journal));
    if (forgotten > 0) await this.#recount();
    return forgotten;
  }

  async #recount(): Promise<void> {
    this.#verdicts.clear();
    Object.assign(this.#counts, { good: 0, bad: 0, corrections: 0 });
    for await (const record of this.#journal.records()) this.#take(record);
  }

  #take(record: FeedbackRecord): void {
    if (record.kind === "reason") return;
    if (record.kind === "correction") {
      this.#counts.corrections++;
      return;
    }
    const key = `${record.reply}/${record.rater}`;
    const before = this.#verdicts.get(key);
    if (before) this.#counts[before]--;
    this.#verdicts.delete(key);
    if (record.kind === "retraction") return;
    this.#counts[record.verdict]++;
    this.#verdicts.set(key, record.verdict);
    const [oldest] = this.#verdicts.keys();
    if (oldest !== undefined && this.#verdicts.size > REMEMBERED) this.#verdicts.delete(oldest);
  }
}
