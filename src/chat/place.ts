/** Where people talk, as it is known in memory and written to disk. */

import { z } from "zod";

const Channel = z.strictObject({
  platform: z.enum(["discord", "slack", "web", "terminal"]),
  /** The server or workspace; a direct conversation on Discord belongs to none. */
  community: z.string().optional(),
  channel: z.string(),
});

/** A channel, whichever thread of it. */
export const ChannelPlace = Channel.readonly();

export type ChannelPlace = z.infer<typeof ChannelPlace>;

/** A thread has a queue and a history of its own. */
export const Place = Channel.extend({
  thread: z.string().optional(),
  isDirect: z.boolean(),
}).readonly();

export type Place = z.infer<typeof Place>;

export type PlatformName = Place["platform"];

/** Whoever is met there owns the machine: sits at its terminal, or at the page it serves itself. */
export function isAtMachine(platform: PlatformName): boolean {
  return platform === "terminal" || platform === "web";
}
