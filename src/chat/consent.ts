/**
 * Who agreed that what they say to the bot may be learnt from. Nobody did who
 * did not say so; it is asked again whenever something is learnt.
 */

import { z } from "zod";

import type { StateDocument } from "../state/document.ts";

export const Consents = z
  .strictObject({
    /** Pseudonyms, and when they opted in. */
    people: z.record(z.string(), z.number()).default({}),
  })
  .readonly();

export type Consents = z.infer<typeof Consents>;

export class Consent {
  readonly #document: StateDocument<Consents>;

  constructor(document: StateDocument<Consents>) {
    this.#document = document;
  }

  has(pseudonym: string): boolean {
    return pseudonym in this.#document.value.people;
  }

  /** When; nothing if this person has not. */
  since(pseudonym: string): number | undefined {
    return this.#document.value.people[pseudonym];
  }

  async give(pseudonym: string, at: number): Promise<void> {
    await this.#document.change(({ people }) => ({ people: { [pseudonym]: at, ...people } }));
  }

  async withdraw(pseudonym: string): Promise<void> {
    if (!this.has(pseudonym)) return;
    await this.#document.change(({ people }) => {
      const { [pseudonym]: _, ...others } = people;
      return { people: others };
    });
  }
}
