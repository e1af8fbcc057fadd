/**
 * Text on its way between people, the model and Discord: mentions read as
 * names, nothing the model writes calls anybody, remarks stand in small print.
 */

import { cleanContent, type Message } from "discord.js";

import { splitMessage } from "../../chat/split.ts";

export const LONGEST_MESSAGE = 2000;

/** Discord shows a line that begins so in small print. */
const SMALL = "-# ";

const INVISIBLE = "\u200b";
const CALLS = /@(?=everyone\b|here\b)|<(?=@[!&]?\d)/g;
const DEFUSED = new RegExp(`([@<])${INVISIBLE}`, "g");

/** As people read it, without the mention that called the bot. */
export function readText({ content, channel, client, guild }: Message): string {
  const role = client.isReady() && guild?.roles.botRoleFor(client.user);
  const own = role ? `@!?${client.user.id}|@&${role.id}` : `@!?${client.user?.id}`;
  return cleanContent(content.replace(new RegExp(`\\s?<(?:${own})>`, "g"), ""), channel).trim();
}

/** What somebody said, or had the bot ask by a command. */
export function readQuestion(message: Message): string {
  const isOwn = message.author.id === message.client.user?.id;
  return (isOwn ? readQuote(message.content) : undefined) ?? readText(message);
}

/** What the bot itself said: neither the remarks below it nor what defused it. */
export function readOwnText(content: string): string {
  const lines = content.replace(DEFUSED, "$1").split("\n");
  const last = lines.findLastIndex((line) => !line.startsWith(SMALL) && line !== "");
  return lines.slice(0, last + 1).join("\n");
}

/** Calls nobody, even where somebody would let it. */
export function defuse(text: string): string {
  return text.replace(CALLS, (mark) => mark + INVISIBLE);
}

export function toSmallPrint(text: string): string {
  return text
    .split("\n")
    .map((line) => SMALL + line)
    .join("\n");
}

/** A question that was put by a command, for everybody to see. */
export function toQuote(text: string): string {
  const quote = defuse(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
  return splitMessage(quote, LONGEST_MESSAGE)[0] ?? "";
}

/** Nothing if the text is no quote. */
export function readQuote(content: string): string | undefined {
  const lines = content.replace(DEFUSED, "$1").split("\n");
  if (!lines.every((line) => line.startsWith("> ") || line === ">")) return undefined;
  return lines.map((line) => line.slice(2)).join("\n");
}
