/**
 * Who asked to be forgotten, and when: so that no backup, import or half-done
 * deletion brings back what they gave before.
 */

import { z } from "zod";

import type { StateDocument } from "../state/document.ts";

export const ForgottenPeople = z
  .strictObject({
    /** Pseudonyms, and when they said it last. */
    people: z.record(z.string(), z.number()).default({}),
  })
  .readonly();

export type ForgottenPeople = z.infer<typeof ForgottenPeople>;

export class Forgotten {
  readonly #document: StateDocument<ForgottenPeople>;

  constructor(document: StateDocument<ForgottenPeople>) {
    this.#document = document;
  }

  /** Is what this person gave at that moment gone, wherever it still lies? */
  covers(pseudonym: string, at: number): boolean {
    return at <= (this.since(pseudonym) ?? -Infinity);
  }

  /** When this person asked for it last; nothing if never. */
  since(pseudonym: string): number | undefined {
    return this.#document.value.people[pseudonym];
  }

  async add(pseudonym: string, at: number): Promise<void> {
    await this.#document.change(({ people }) => ({ people: { ...people, [pseudonym]: at } }));
  }
}
