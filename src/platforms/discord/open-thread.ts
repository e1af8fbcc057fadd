/** A thread may be archived under our hands; whoever may speak in it may open it again. */

import type { Channel } from "discord.js";

import { isArchived } from "./refusals.ts";

export async function inOpenThread<T>(channel: Channel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isArchived(error) || !channel.isThread()) throw error;
    await channel.setArchived(false);
    return work();
  }
}
