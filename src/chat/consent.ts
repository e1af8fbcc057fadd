/**
 * Who agreed that what they say to the bot may be learnt from: everywhere, in
 * some channels, or everywhere but in some. Nobody did who did not say so; it
 * is asked again whenever something is learnt.
 */

import { z } from "zod";

import type { StateDocument } from "../state/document.ts";
import type { ChannelPlace } from "./place.ts";

const Moments = z.record(z.string(), z.number());

export const Consents = z
  .strictObject({
    /** Pseudonyms of those who opted in for everywhere, and when. */
    people: Moments.default({}),
    /** Channels for which a person decided otherwise than for everywhere, and when. */
    exceptions: z.record(z.string(), Moments).default({}),
  })
  .readonly();

export type Consents = z.infer<typeof Consents>;

export class Consent {
  readonly #document: StateDocument<Consents>;

  constructor(document: StateDocument<Consents>) {
    this.#document = document;
  }

  has(pseudonym: string, place: ChannelPlace): boolean {
    const isException = channelKey(place) in this.exceptionsOf(pseudonym);
    return this.hasEverywhere(pseudonym) !== isException;
  }

  /** But in the channels that are exceptions. */
  hasEverywhere(pseudonym: string): boolean {
    return this.since(pseudonym) !== undefined;
  }

  /** When; nothing if this person has not, for everywhere. */
  since(pseudonym: string): number | undefined {
    return this.#document.value.people[pseudonym];
  }

  exceptionsOf(pseudonym: string): Readonly<Record<string, number>> {
    return this.#document.value.exceptions[pseudonym] ?? {};
  }

  /** For everywhere; channels that somebody who had agreed took out stay out. */
  async give(pseudonym: string, at: number): Promise<void> {
    if (this.hasEverywhere(pseudonym)) return;
    await this.#document.change(({ people, exceptions }) => ({
      people: { ...people, [pseudonym]: at },
      exceptions: without(exceptions, pseudonym),
    }));
  }

  /** For everywhere, and every channel. */
  async withdraw(pseudonym: string): Promise<void> {
    await this.#document.change(({ people, exceptions }) => ({
      people: without(people, pseudonym),
      exceptions: without(exceptions, pseudonym),
    }));
  }

  /** For one channel. */
  async decide(pseudonym: string, agrees: boolean, at: number, place: ChannelPlace): Promise<void> {
    if (this.has(pseudonym, place) === agrees) return;
    await this.#document.change(({ people, exceptions }) => {
      const { [pseudonym]: before = {}, ...others } = exceptions;
      const key = channelKey(place);
      const isException = pseudonym in people !== agrees;
      const now = isException ? { ...before, [key]: at } : without(before, key);
      const isLeft = Object.keys(now).length > 0;
      return { people, exceptions: isLeft ? { ...others, [pseudonym]: now } : others };
    });
  }
}

/** A pseudonym is of one platform already. */
function channelKey({ community = "", channel }: ChannelPlace): string {
  return `${community}/${channel}`;
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string) {
  const { [key]: _, ...others } = record;
  return others;
}
