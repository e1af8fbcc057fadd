/**
 * The replies of the bot, so that a button works after a restart: which
 * messages are one reply, what it answered, which model made it.
 *
 * Keeps no word of what was said; that stays on the platform, or with the
 * contexts of those who opted in. The newest
 * replies are kept in memory, all of them in a journal that is cut down to
 * those now and then.
 */

import { randomBytes } from "node:crypto";

import { z } from "zod";

import { Place } from "./place.ts";
import type { Journal } from "../state/journal.ts";

/** So many replies can be rated, corrected and explained; older ones are stale. */
const KEPT_REPLIES = 20_000;

/** The journal is cut down once it holds this many times the kept replies. */
const JOURNAL_FACTOR = 3;

/** How it was made. */
const ReplyFigures = z.strictObject({
  model: z.string(),
  seed: z.number(),
  /** Tokens of the prompt and of the reply. */
  promptTokens: z.number(),
  tokens: z.number(),
  /** Exchanges the model could no longer read. */
  droppedTurns: z.number(),
  firstTokenMs: z.number(),
  tokensPerSecond: z.number(),
  /** How the model was asked to choose, and how sure it was; not known of replies of earlier versions. */
  temperature: z.number().optional(),
  topP: z.number().optional(),
  certainty: z
    .strictObject({ meanProbability: z.number(), perplexity: z.number() })
    .readonly()
    .optional(),
});

export type ReplyFigures = Readonly<z.infer<typeof ReplyFigures>>;

export const ReplyRecord = z
  .strictObject({
    id: z.string(),
    at: z.number(),
    place: Place,
    /** Pseudonym of whoever asked. */
    asker: z.string(),
    /** The messages it answers. */
    question: z.array(z.string()).readonly(),
    /** The messages it consists of, in order; none while it is written and once it is removed. */
    messages: z.array(z.string()).readonly(),
    outcome: z.string(),
    /** The content hash of its context, where what was said is kept: its people opted in. */
    context: z.string().optional(),
    ...ReplyFigures.shape,
    hasPersona: z.boolean().optional(),
    /** A model on trial wrote it, for a part of the people. */
    isCanary: z.boolean().optional(),
  })
  .readonly();

export type ReplyRecord = z.infer<typeof ReplyRecord>;

/** 80 random bits, short enough for a button. */
export function newReplyId(): string {
  return randomBytes(10).toString("hex");
}

type ReplyJournal = Pick<Journal<ReplyRecord>, "append" | "records" | "rewrite">;

export class Replies {
  readonly #journal: ReplyJournal;
  readonly #limit: number;
  readonly #replies = new Map<string, ReplyRecord>();
  readonly #byMessage = new Map<string, string>();
  readonly #askers = new Map<string, number>();
  #lines = 0;

  private constructor(journal: ReplyJournal, limit: number) {
    this.#journal = journal;
    this.#limit = limit;
  }

  static async open(journal: ReplyJournal, limit: number = KEPT_REPLIES): Promise<Replies> {
    const replies = new Replies(journal, limit);
    for await (const record of journal.records()) replies.#take(record);
    return replies;
  }

  get(id: string): ReplyRecord | undefined {
    return this.#replies.get(id);
  }

  at(channel: string, messageId: string): ReplyRecord | undefined {
    return this.#replies.get(this.#byMessage.get(messageKey(channel, messageId)) ?? "");
  }

  /** Did this person (a pseudonym) get a reply that is still remembered? */
  hasAnswered(asker: string): boolean {
    return this.#askers.has(asker);
  }

  /** Oldest first. */
  all(): IterableIterator<ReplyRecord> {
    return this.#replies.values();
  }

  /** The record is there at once and on disk when this resolves. */
  async save(record: ReplyRecord): Promise<void> {
    this.#take(record);
    await this.#journal.append(record);
    if (this.#lines > this.#limit * JOURNAL_FACTOR) await this.#compact();
  }

  /** Forgets every reply that `isForgotten` says, on disk too. */
  async forget(isForgotten: (record: ReplyRecord) => boolean): Promise<number> {
    const gone = [...this.#replies.values()].filter(isForgotten);
    for (const record of gone) this.#drop(record);
    await this.#compact(); // older ones that are no longer remembered may still stand there
    return gone.length;
  }

  #take(record: ReplyRecord): void {
    this.#lines++;
    const before = this.#replies.get(record.id);
    if (before) this.#drop(before);
    this.#replies.set(record.id, record);
    this.#askers.set(record.asker, (this.#askers.get(record.asker) ?? 0) + 1);
    const { channel } = record.place;
    for (const message of record.messages) {
      this.#byMessage.set(messageKey(channel, message), record.id);
    }
    const [oldest] = this.#replies.values();
    if (oldest && this.#replies.size > this.#limit) this.#drop(oldest);
  }

  #drop(record: ReplyRecord): void {
    this.#replies.delete(record.id);
    const others = (this.#askers.get(record.asker) ?? 1) - 1;
    if (others === 0) this.#askers.delete(record.asker);
    else this.#askers.set(record.asker, others);
    for (const message of record.messages) {
      this.#byMessage.delete(messageKey(record.place.channel, message));
    }
  }

  async #compact(): Promise<void> {
    this.#lines = this.#replies.size;
    await this.#journal.rewrite([...this.#replies.values()]);
  }
}

/** Message ids are unique within a channel only (Slack). */
function messageKey(channel: string, messageId: string): string {
  return `${channel}/${messageId}`;
}
