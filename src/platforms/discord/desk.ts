/** What everything in this folder works with. */

import type { Client } from "discord.js";

import type { Clock } from "../../chat/clock.ts";
import type { Bot } from "../../chat/platform.ts";
import type { Log } from "../../log.ts";

export interface Desk {
  readonly client: Client<true>;
  readonly bot: Bot;
  readonly clock: Clock;
  readonly log: Log;
}
