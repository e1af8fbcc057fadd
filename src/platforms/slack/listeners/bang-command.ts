/** Commands that are typed as a message, where slash commands do not reach: in threads. */

import type { Bot } from "../../../chat/platform.ts";

/** `!help me` in a thread is `help me`, if there is such a command; anything else is said to the bot. */
export function bangCommandIn(text: string, { commands }: Bot): string | undefined {
  const [, line, name] = /^!(([a-z-]+)[\s\S]*)$/i.exec(text) ?? [];
  return commands.some((command) => command.name === name?.toLowerCase()) ? line : undefined;
}
