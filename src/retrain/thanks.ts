/**
 * People whose better answers a new champion learnt from are told so, once,
 * where they gave them: how many there were, and the name of the version. It
 * names nobody, and repeats nothing that was said.
 */

import { z } from "zod";

import { placeKey } from "../chat/admission.ts";
import type { Clock } from "../chat/clock.ts";
import type { Place } from "../chat/platform.ts";
import type { Replies } from "../chat/replies.ts";
import { settingsAt, type BotSettings } from "../chat/settings.ts";
import { groupBy } from "../feedback/group-by.ts";
import type { FeedbackSource } from "../feedback/read-feedback.ts";
import { shippedCorrections } from "../feedback/shipped.ts";
import type { Log } from "../log.ts";
import type { StateDocument } from "../state/document.ts";
import { inOrder } from "../state/in-order.ts";
import type { Announcer } from "./announcer.ts";
import { learntRows } from "./learnt-rows.ts";
import type { Version } from "./registry-state.ts";

/** Nobody wants to be told everywhere at once: the places where most was given, for each champion. */
const MOST_PLACES = 20;

/** Corrections that people were told of. */
export const Told = z.strictObject({ corrections: z.array(z.string()).readonly() }).readonly();

export type Told = z.infer<typeof Told>;

export interface ThanksParts {
  readonly feedback: () => FeedbackSource;
  readonly replies: Pick<Replies, "get">;
  readonly told: StateDocument<Told>;
  readonly announcer: Pick<Announcer, "tell">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was given at one place. */
interface Given {
  readonly place: Place;
  readonly correction: string;
}

export class Thanks {
  readonly #parts: ThanksParts;
  readonly #inOrder = inOrder();

  constructor(parts: ThanksParts) {
    this.#parts = parts;
  }

  /** Resolves once all who are to be told are; never rejects, for nothing hangs on it. */
  async giveFor(champion: Version): Promise<void> {
    try {
      await this.#inOrder(() => this.#give(champion));
    } catch (error) {
      this.#parts.log.warn("nobody thanked", { name: champion.name, error });
    }
  }

  /** Once nobody is being told anything. */
  close(): Promise<void> {
    return this.#inOrder(async () => {});
  }

  async #give({ name, folder }: Version): Promise<void> {
    const rows = await learntRows(folder);
    if (rows.size === 0) return;
    const given = await this.#givenIn(rows);
    const byPlace = [...groupBy(given, ({ place }) => placeKey(place)).values()];
    const most = byPlace.sort((one, other) => other.length - one.length).slice(0, MOST_PLACES);
    await Promise.all(most.map((there) => this.#tell(name, there)));
  }

  /** Corrections that nobody was told of yet, at places where the bot may speak. */
  async #givenIn(rows: ReadonlySet<string>): Promise<Given[]> {
    const { feedback, replies, told, clock } = this.#parts;
    const source = feedback();
    const known = new Set(told.value.corrections);
    return (await shippedCorrections(source, rows)).flatMap(({ id, reply, rater }) => {
      const { place, asker } = replies.get(reply) ?? {};
      if (!place || known.has(id) || isQuiet(source.settings, place, clock.now())) return [];
      if (place.isDirect && asker !== rater) return []; // somebody else's conversation
      return [{ place, correction: id }];
    });
  }

  /** Written down first: told twice is worse than not told, should the process die in between. */
  async #tell(name: string, given: readonly Given[]): Promise<void> {
    const { announcer, told } = this.#parts;
    const [first] = given;
    if (!first) return;
    const now = new Set(given.map(({ correction }) => correction));
    await told.change(({ corrections }) => ({ corrections: [...corrections, ...now] }));
    if (await announcer.tell(first.place, wordsFor(name, given.length))) return;
    await told.change(({ corrections }) => ({
      corrections: corrections.filter((one) => !now.has(one)),
    }));
  }
}

function wordsFor(name: string, corrections: number): string {
  const what = corrections === 1 ? "1 correction" : `${corrections} corrections`;
  return `What was corrected here is part of **${name}** from today: ${what}. Thank you!`;
}

function isQuiet(settings: BotSettings, place: Place, now: number): boolean {
  const { mutedChannels } = settingsAt(settings, place);
  return settings.isStopped || (mutedChannels[place.channel] ?? 0) > now;
}
