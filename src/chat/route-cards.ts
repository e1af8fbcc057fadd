/** Cards go to the platform that their place belongs to. */

import type { Cards } from "./cards.ts";
import type { ChatPlatform, Place } from "./platform.ts";

export function routeCards(platforms: readonly Pick<ChatPlatform, "name" | "cards">[]): Cards {
  const cardsAt = ({ platform }: Place) => platforms.find(({ name }) => name === platform)?.cards;
  return {
    post: async (place, card) => cardsAt(place)?.post(place, card),
    update: async (place, messageId, card) => cardsAt(place)?.update(place, messageId, card),
  };
}
