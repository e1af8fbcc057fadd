/**
 * Threads the bot takes part in: it opened them, or was called into them.
 * What is said there is said to it.
 *
 * Remembered as they come; after a restart a thread is read once to see.
 */

import { RecentSet } from "../../../chat/recent.ts";
import { isOwn, messagesIn, type Thread } from "./thread-history.ts";

const REMEMBERED = 5000;

export class OwnThreads {
  readonly #own = new RecentSet<string>(REMEMBERED);
  readonly #foreign = new RecentSet<string>(REMEMBERED);

  /** From now on the bot takes part. */
  join(thread: Thread): void {
    const key = keyOf(thread);
    this.#foreign.delete(key);
    this.#own.add(key);
  }

  async has(thread: Thread): Promise<boolean> {
    const key = keyOf(thread);
    if (this.#own.has(key)) return true;
    if (this.#foreign.has(key)) return false;
    const messages = await messagesIn(thread);
    const { botUserId } = thread.workspace;
    const isIn = messages.some(
      (message) => isOwn(message, thread.workspace) || message.text.includes(`<@${botUserId}>`),
    );
    (isIn ? this.#own : this.#foreign).add(key);
    return isIn;
  }
}

function keyOf({ workspace, channel, thread }: Thread): string {
  return `${workspace.team}/${channel}/${thread}`;
}
