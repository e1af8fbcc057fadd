/** What every part of the Slack platform is handed. */

import type { Clock } from "../../chat/clock.ts";
import type { Bot, Person } from "../../chat/platform.ts";
import type { Log } from "../../log.ts";
import type { OwnThreads } from "./conversation/own-threads.ts";
import type { UserDirectory } from "./conversation/user-directory.ts";

export interface SlackDeps {
  readonly bot: Bot;
  readonly clock: Clock;
  readonly log: Log;
  readonly users: UserDirectory;
  readonly threads: OwnThreads;
  /** Replies in the making, by channel and thread: what Slack's own stop button means. */
  readonly making: Map<string, ReplyInTheMaking>;
  /** Assistant threads that have no title yet. */
  readonly untitled: Set<string>;
}

export interface ReplyInTheMaking {
  readonly replyId: string;
  readonly asker: Person;
}

export function threadKey(channel: string, thread: string): string {
  return `${channel}/${thread}`;
}
