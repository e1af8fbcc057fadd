/** A command as somebody typed it, on its way to the bot: what cannot be read is answered in words too. */

import { HintedError } from "../../core/errors.ts";
import { refused } from "../answer.ts";
import type { Answer, Bot, CommandCall } from "../platform.ts";
import { parseCommandLine } from "./parse-line.ts";

/** The command alone; `ask` is left to the caller. */
export async function giveLine(
  line: string,
  who: Pick<CommandCall, "person" | "place">,
  bot: Pick<Bot, "commands" | "command">,
): Promise<Answer> {
  try {
    const { command, options } = parseCommandLine(line, bot.commands);
    return await bot.command({ ...who, name: command.name, options });
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return refused(`${error.message} ${error.hint}`);
  }
}
