/** What can be done with a reply, in the order of its buttons, and when. */

import type { Outcome } from "./platform.ts";

export interface Control {
  readonly action: "good" | "bad" | "correct" | "again" | "stop" | "remove";
  readonly symbol: string;
  readonly label: string;
}

const STOP: Control = { action: "stop", symbol: "⏹", label: "Stop" };
const AGAIN: Control = { action: "again", symbol: "🔁", label: "Say it differently" };
const REMOVE: Control = { action: "remove", symbol: "🗑", label: "Remove" };
const RATE: readonly Control[] = [
  { action: "good", symbol: "👍", label: "Good reply" },
  { action: "bad", symbol: "👎", label: "Bad reply" },
  { action: "correct", symbol: "✏️", label: "Teach a better answer" },
];

/** While a reply is written. */
export const CONTROLS_WHILE_WRITING: readonly Control[] = [STOP];

export function controlsAfter(outcome: Outcome): readonly Control[] {
  switch (outcome) {
    case "finished":
    case "length":
      return [...RATE, AGAIN, REMOVE];
    case "stopped":
    case "interrupted":
    case "failed":
    case "withheld":
      return [AGAIN, REMOVE];
    default:
      return []; // nothing is left to press them on
  }
}
