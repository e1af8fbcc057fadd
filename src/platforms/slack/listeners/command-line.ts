/** A command as a line of text, on its way to the bot and back. */

import { parseCommandLine } from "../../../chat/commands/parse-line.ts";
import type { Answer, CommandCall } from "../../../chat/platform.ts";
import { HintedError } from "../../../core/errors.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { createStage, type Standing } from "../conversation/stage.ts";

/** What the person is to be told; where the command asks the model, it has answered by then. */
export async function runLine(
  line: string,
  who: Pick<CommandCall, "person" | "place">,
  standing: Standing,
  deps: SlackDeps,
): Promise<Answer> {
  const answer = await giveCommand(line, who, deps);
  if (answer.ask === undefined) return answer;
  const { ask, ...rest } = answer;
  await askBot(ask, who, standing, deps);
  return rest;
}

/** The command alone; `ask` is left to the caller. */
export async function giveCommand(
  line: string,
  who: Pick<CommandCall, "person" | "place">,
  { bot }: SlackDeps,
): Promise<Answer> {
  try {
    const { command, options } = parseCommandLine(line.trim() || "help", bot.commands);
    return await bot.command({ ...who, name: command.name, options });
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    return { text: `${error.message} ${error.hint}`, isPrivate: true };
  }
}

export async function askBot(
  text: string,
  { person, place }: Pick<CommandCall, "person" | "place">,
  standing: Standing,
  deps: SlackDeps,
): Promise<void> {
  const at = Math.round(Number(standing.message) * 1000);
  const common = { id: standing.message, author: person, place, attachments: 0, at };
  await deps.bot.hear({ ...common, text, address: "command" }, createStage(standing, deps));
}
