/** What people say of a reply, as records under their pseudonyms, and what they are told then. */

import type { Ratings } from "../feedback/ratings.ts";
import { privately } from "./answer.ts";
import type { Clock } from "./clock.ts";
import type { Consent } from "./consent.ts";
import type { People } from "./people.ts";
import type { Answer, Person, Verdict } from "./platform.ts";
import type { ReplyRecord } from "./replies.ts";
import { CORRECTION_LIMIT, REASON_LIMIT, THANKS, WORDS } from "./words.ts";

export interface FeedbackParts {
  readonly ratings: Ratings;
  readonly people: People;
  readonly consent: Consent;
  readonly clock: Clock;
}

export interface RateOptions {
  /** The same verdict once more takes it back. */
  readonly isToggle?: boolean;
  /** Only if the person's verdict still is this one. */
  readonly was?: Verdict;
}

export class ReplyFeedback {
  readonly #parts: FeedbackParts;

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
  }

  async rate(
    reply: ReplyRecord,
    person: Person,
    verdict: Verdict | undefined,
    { isToggle = false, was }: RateOptions = {},
  ): Promise<Answer> {
    if (person.isBot) return privately(WORDS.notForBots);
    const { ratings } = this.#parts;
    const common = this.#commonOf(reply, person);
    const before = ratings.verdictOf(reply.id, common.rater);
    if (was !== undefined && before !== was) return privately(WORDS.nothingToTakeBack);
    const wanted = isToggle && before === verdict ? undefined : verdict;
    if (wanted === before) return privately(wanted ? THANKS[wanted] : WORDS.nothingToTakeBack);
    await ratings.save(
      wanted ? { kind: "rating", verdict: wanted, ...common } : { kind: "retraction", ...common },
    );
    return privately(
      wanted ? this.#withNote(THANKS[wanted], common.rater, reply) : WORDS.takenBack,
    );
  }

  async explain(reply: ReplyRecord, person: Person, reason: string): Promise<Answer> {
    const text = reason.trim().slice(0, REASON_LIMIT);
    if (text === "" || person.isBot) return privately(WORDS.nothingKept);
    const common = this.#commonOf(reply, person);
    await this.#parts.ratings.save({ kind: "reason", text, ...common });
    return privately(this.#withNote(WORDS.reasonKept, common.rater, reply));
  }

  async correct(reply: ReplyRecord, person: Person, correction: string): Promise<Answer> {
    const text = correction.trim();
    if (text === "" || person.isBot) return privately(WORDS.nothingKept);
    if (text.length > CORRECTION_LIMIT) return privately(WORDS.correctionTooLong);
    const common = this.#commonOf(reply, person);
    await this.#parts.ratings.save({ kind: "correction", text, ...common });
    return privately(this.#withNote(WORDS.correctionKept, common.rater, reply));
  }

  #commonOf({ id, model, context, place }: ReplyRecord, person: Person) {
    const { people, clock } = this.#parts;
    const rater = people.pseudonymOf(place.platform, person.id);
    return { at: clock.now(), reply: id, model, rater, context };
  }

  /** Whoever has not opted in is told what becomes of it. */
  #withNote(words: string, rater: string, { place }: ReplyRecord): string {
    return this.#parts.consent.has(rater, place) ? words : `${words} ${WORDS.optInNote}`;
  }
}
