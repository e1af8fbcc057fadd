/** `/v1/commands`: what the owner may tell the bot, and telling it. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { z } from "zod";

import type { Command } from "../../chat/commands/command.ts";
import { giveLine } from "../../chat/commands/give-line.ts";
import type { Answer } from "../../chat/platform.ts";
import { ApiError } from "./api-error.ts";
import { readJson } from "./body.ts";
import { OWNER, PAGE, type PageBot } from "./owner.ts";
import { parseBody } from "./parse-body.ts";
import { sendJson } from "./send-json.ts";

const NAME_LIMIT = 100;
const LINE_LIMIT = 10_000;

/** A line as it is typed, with its slash or without; or the command and its options apart. */
const CommandRequest = z.union(
  [
    z.strictObject({ line: z.string().max(LINE_LIMIT) }),
    z.strictObject({
      name: z.string().max(NAME_LIMIT),
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
  ],
  { error: 'send {"line": "settings names on"} or {"name": "settings", "options": {}}' },
);

type CommandRequest = z.infer<typeof CommandRequest>;

export function listCommands(response: ServerResponse, bot: PageBot): void {
  const commands = bot
    .commandsFor(OWNER, PAGE)
    .map(({ name, summary, options }) => ({ name, summary, options }));
  sendJson(response, 200, { commands });
}

export async function giveCommand(
  request: IncomingMessage,
  response: ServerResponse,
  bot: PageBot,
): Promise<{ command: string }> {
  const asked = parseBody(CommandRequest, await readJson(request));
  const name = nameOf(asked);
  const command = bot.commands.find((known) => known.name === name);
  if (command && "name" in asked) requireKnownOptions(asked.options, command);
  const who = { person: OWNER, place: PAGE };
  const answer =
    "line" in asked
      ? await giveLine(withoutSlash(asked.line), who, bot)
      : await bot.command({ ...who, ...asked });
  requireDone(answer, { isKnown: command !== undefined });
  const { text, file, ask } = answer;
  sendJson(response, 200, { text, file, ask });
  return { command: name };
}

/**
 * Without an option that was misspelt a command would do something else, and
 * often something bigger: promote to all, mute everybody.
 *
 * @throws ApiError 400 naming the first option that the command does not have.
 */
function requireKnownOptions(given: object, { options }: Command): void {
  const known = options.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const param = `options.${unknown}`;
  const takes = known.length === 0 ? "none" : known.join(", ");
  throw new ApiError(400, `${param}: this command takes ${takes}.`, {
    param,
    code: "invalid_value",
  });
}

/** @throws ApiError in the bot's words, if it did not do it. */
function requireDone({ text, failure }: Answer, { isKnown }: { isKnown: boolean }): void {
  if (failure === "broken") throw new ApiError(500, text, { code: "internal_error" });
  if (failure === undefined) return;
  if (isKnown) throw new ApiError(422, text, { code: "refused" });
  throw new ApiError(404, text, { code: "unknown_command" });
}

function nameOf(asked: CommandRequest): string {
  if ("name" in asked) return asked.name;
  return (/^\S*/.exec(withoutSlash(asked.line))?.[0] ?? "").toLowerCase();
}

function withoutSlash(line: string): string {
  return line.trim().replace(/^\//, "");
}
