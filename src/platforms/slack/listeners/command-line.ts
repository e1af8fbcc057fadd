/** A command as a line of text, on its way to the bot and back. */

import { giveLine } from "../../../chat/commands/give-line.ts";
import type { Answer, CommandCall } from "../../../chat/platform.ts";
import type { SlackDeps } from "../slack-deps.ts";
import { timeOf } from "../conversation/slack-message.ts";
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

/** The command alone; none is a question for help. */
export function giveCommand(
  line: string,
  who: Pick<CommandCall, "person" | "place">,
  { bot }: SlackDeps,
): Promise<Answer> {
  return giveLine(line.trim() || "help", who, bot);
}

export async function askBot(
  text: string,
  { person, place }: Pick<CommandCall, "person" | "place">,
  standing: Standing,
  deps: SlackDeps,
): Promise<void> {
  const at = timeOf(standing.message);
  const common = { id: standing.message, author: person, place, attachments: 0, at };
  await deps.bot.hear({ ...common, text, address: "command" }, createStage(standing, deps));
}
