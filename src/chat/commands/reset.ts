/** `reset`: a new conversation here; nothing older is read any more. */

import { placeKey } from "../admission.ts";
import type { ChatCommand } from "./index.ts";

/** Places whose beginnings are remembered; the oldest are forgotten, and read whole again. */
const REMEMBERED = 1000;

export const reset: ChatCommand = {
  name: "reset",
  summary: "Begin a new conversation here",
  audience: "everyone",
  isPrivate: false,
  options: [],
  async run({ place }, { settings, clock }) {
    const key = placeKey(place);
    await settings.change((value) => {
      const { [key]: _, ...others } = value.beginnings;
      const kept = Object.entries(others).slice(-(REMEMBERED - 1));
      return { ...value, beginnings: { ...Object.fromEntries(kept), [key]: clock.now() } };
    });
    return { text: "A new conversation: I no longer read what stands above." };
  },
};
