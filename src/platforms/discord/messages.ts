/** Messages on their way to the bot: said, edited, deleted. */

import { Events, type Message, type OmitPartialGroupDMChannel } from "discord.js";

import type { Address, ChatMessage } from "../../chat/platform.ts";
import { RecentSet } from "../../chat/recent.ts";
import { reasonOf } from "../../core/errors.ts";
import type { Desk } from "./desk.ts";
import { isSaid } from "./history.ts";
import { maySpeak } from "./permissions.ts";
import { authorOf, placeOf } from "./places.ts";
import { stageAt } from "./stage.ts";
import { readQuestion, readText } from "./text.ts";

/** People who were told that the bot may not speak where they are. */
const REMEMBERED = 1000;

export function listenToMessages(desk: Desk): void {
  const { client, bot } = desk;
  const told = new RecentSet<string>(REMEMBERED);
  client.on(Events.MessageCreate, (message) => {
    hear(message, desk, told).catch((error: unknown) => desk.log.error("message lost", { error }));
  });
  client.on(Events.MessageUpdate, (_, message) => {
    if (isOwn(message)) return; // a question it quotes for somebody may get the picture of a link
    bot.edited(placeOf(message.channel), message.id, readText(message));
  });
  client.on(Events.MessageDelete, ({ id, channel }) => bot.deleted(placeOf(channel), id));
  client.on(Events.MessageBulkDelete, (messages, channel) => {
    for (const id of messages.keys()) bot.deleted(placeOf(channel), id);
  });
}

export function toChatMessage(message: Message): ChatMessage {
  const { id, channel, createdTimestamp: at, attachments, stickers, messageSnapshots } = message;
  return {
    id,
    place: placeOf(channel),
    author: authorOf(message),
    text: readQuestion(message),
    address: addressOf(message),
    attachments: attachments.size + stickers.size + messageSnapshots.size,
    at,
  };
}

async function hear(
  message: OmitPartialGroupDMChannel<Message>,
  desk: Desk,
  told: RecentSet<string>,
): Promise<void> {
  const { channel } = message;
  if (isOwn(message) || !isSaid(message)) return;
  const heard = toChatMessage(message);
  if (!maySpeak(channel)) {
    if (heard.address !== "overheard") await explainSilence(message, desk, told);
    return;
  }
  await desk.bot.hear(heard, stageAt({ message, channel }, desk));
}

function isOwn({ author, client }: Message): boolean {
  return author.id === client.user.id;
}

function addressOf(message: Message): Address {
  const { channel, mentions, client } = message;
  if (channel.isDMBased()) return "direct";
  if (isMention(message)) return "mention";
  if (mentions.repliedUser?.id === client.user.id) return "reply";
  const isOwnThread = channel.isThread() && (channel.ownerId === client.user.id || channel.joined);
  return isOwnThread ? "thread" : "overheard";
}

/** By name or by the bot's own role; whoever calls everybody calls nobody in particular. */
function isMention({ mentions, guild, client }: Message): boolean {
  const role = guild?.roles.botRoleFor(client.user);
  return mentions.parsedUsers.has(client.user.id) || (role ? mentions.roles.has(role.id) : false);
}

/** Whoever speaks to the bot where it may not answer is told so directly, once, if that is possible. */
async function explainSilence(
  { channel, author }: Message,
  { log }: Desk,
  told: RecentSet<string>,
): Promise<void> {
  log.warn("may not speak", { channel: channel.id });
  const key = `${channel.id}/${author.id}`;
  if (author.bot || told.has(key)) return;
  told.add(key);
  try {
    await author.send(`I may not write in ${channel.toString()}: I lack a permission there.`);
  } catch (error) {
    log.info("not told", { reason: reasonOf(error) }); // many take direct messages from friends only
  }
}
