/** Whoever counts what happens in chat; `src/metrics.ts` does. Seconds. */

import type { Place } from "./place.ts";

export interface BotObserver {
  heard(place: Place): void;
  firstSign(place: Place, seconds: number): void;
  replied(place: Place, outcome: string, seconds: number, firstTokenSeconds: number): void;
}
