/** Cards on paper: every one that was posted, in order; a test can make a place unreachable. */

import type { Cards } from "../../../src/chat/cards.ts";
import type { Place } from "../../../src/chat/platform.ts";

export interface PostedCard {
  readonly place: Place;
  readonly text: string;
}

export function memoryCards() {
  const posted: PostedCard[] = [];
  const cards = {
    posted,
    /** Asked before each posting; a rejection is what the service says. */
    allow: (_place: Place): Promise<void> => Promise.resolve(),
    post: async (place, { text }) => {
      await cards.allow(place);
      if (place.platform === "terminal") return undefined;
      posted.push({ place, text });
      return `card ${posted.length}`;
    },
    update: () => Promise.reject(new Error("What was said once is not changed.")),
  } satisfies Cards & Record<string, unknown>;
  return cards;
}
