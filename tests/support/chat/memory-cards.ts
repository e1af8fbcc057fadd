/** Cards on paper: all that was shown, in order; a test can make the service refuse. */

import type { Card, Cards } from "../../../src/chat/cards.ts";
import type { Place } from "../../../src/chat/platform.ts";

export interface MemoryCards extends Cards {
  /** Each posting and each change; messages are numbered. */
  readonly shown: { readonly message: string; readonly place: Place; readonly card: Card }[];
  /** Asked before each of them; a rejection is what the service says. */
  allow: (place: Place) => Promise<void>;
}

export function memoryCards(): MemoryCards {
  let messages = 0;
  const cards: MemoryCards = {
    shown: [],
    allow: () => Promise.resolve(),
    async post(place, card) {
      await cards.allow(place);
      if (place.platform === "terminal") return undefined;
      const message = `message ${++messages}`;
      cards.shown.push({ message, place, card });
      return message;
    },
    async update(place, message, card) {
      await cards.allow(place);
      cards.shown.push({ message, place, card });
    },
  };
  return cards;
}
