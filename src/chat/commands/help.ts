/** `help [COMMAND]`: what one can do here, or how one command is given. */

import type { Command, CommandOption } from "./command.ts";
import type { CommandCall } from "../platform.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

export const help: ChatCommand = {
  name: "help",
  summary: "What I can do, and how",
  audience: "everyone",
  isPrivate: true,
  options: [
    { name: "command", description: "tell more about this one", type: "text", completes: true },
  ],
  run(call, context) {
    const allowed = allowedTo(call, context);
    const topic = String(call.options.command ?? "");
    const command = allowed.find(({ name }) => name === topic);
    if (command) return { text: manualOf(command) };
    return { text: [INTRODUCTION, "", ...allowed.map(lineOf)].join("\n") };
  },
  complete: async (_, typed, context, call) =>
    allowedTo(call, context)
      .map(({ name }) => name)
      .filter((name) => name.startsWith(typed)),
};

function allowedTo(
  { person, place }: CommandCall,
  { commands, people }: CommandContext,
): readonly Command[] {
  return commands.filter(({ audience }) => people.belongsTo(audience, place, person));
}

const INTRODUCTION = [
  "Mention me, reply to me or write to me directly, and I answer; in a thread I go on without being mentioned.",
  "👍 and 👎 rate a reply, ✏️ teaches a better one, 🔁 says it again differently, ⏹ stops, 🗑 removes.",
].join("\n");

function lineOf({ name, summary, audience }: Command): string {
  const who = audience === "everyone" ? "" : ` _(${audience}s)_`;
  return `- \`${name}\` ${summary}${who}`;
}

function manualOf({ name, summary, options }: Command): string {
  const usage = [name, ...options.map(placeholder)].join(" ");
  return [`\`${usage}\` ${summary}`, ...options.map(describe)].join("\n");
}

function placeholder({ name, type, isRequired }: CommandOption): string {
  const word = type === "switch" ? name : name.toUpperCase();
  return isRequired ? word : `[${word}]`;
}

function describe({ name, description, choices }: CommandOption): string {
  return `- ${name}: ${description}${choices ? ` (${choices.join(", ")})` : ""}`;
}
