/** What was said before a message: the chain of replies, the thread with its start, or the channel. */

import { MessageType, type Message, type TextBasedChannel } from "discord.js";

import type { Bot, PastMessage } from "../../chat/platform.ts";
import { authorOf, placeOf, personOf } from "./places.ts";
import { readOwnText, readQuote, readText } from "./text.ts";

/** What people write; the rest are remarks of Discord itself. */
const SAID = new Set([MessageType.Default, MessageType.Reply, MessageType.ChatInputCommand]);

/** Messages that Discord gives at once. */
const PAGE = 100;

type Find = Pick<Bot, "replyAt">;

export async function readHistory(
  message: Message,
  bot: Find,
  { limit, isOld, signal }: { limit: number; isOld: boolean; signal: AbortSignal },
): Promise<PastMessage[]> {
  const before = answeredBy(message)
    ? await readChain(message, bot, limit, signal)
    : await readAround(message, limit, isOld);
  signal.throwIfAborted();
  return before
    .filter(({ type }) => SAID.has(type))
    .slice(-limit)
    .map((one) => toPast(one, bot));
}

export function isSaid({ type }: Message): boolean {
  return SAID.has(type);
}

/** The id of the message that this one is a reply to. */
function answeredBy({ type, reference }: Message): string | undefined {
  return type === MessageType.Reply ? reference?.messageId : undefined;
}

/** A reply of the bot in several messages is one link of the chain. */
async function readChain(
  message: Message,
  bot: Find,
  limit: number,
  signal: AbortSignal,
): Promise<Message[]> {
  const { channel } = message;
  // One page spares a request for each link that stands nearby.
  const near = await channel.messages.fetch({ limit: PAGE, before: message.id });
  const chain: Message[] = [];
  for (let link = answeredBy(message); link && chain.length < limit;) {
    signal.throwIfAborted();
    const parts = bot.replyAt(placeOf(channel).channel, link)?.messages ?? [link];
    const known = parts.flatMap((id) => near.get(id) ?? []);
    if (known.length < parts.length)
      known.splice(0, Infinity, ...(await fetchMessages(channel, parts)));
    chain.unshift(...known);
    link = known[0] && answeredBy(known[0]);
  }
  return chain;
}

async function readAround(message: Message, limit: number, isOld: boolean): Promise<Message[]> {
  const { channel } = message;
  const page = { limit: Math.min(limit, PAGE), ...(isOld && { before: message.id }) };
  const latest = [...(await channel.messages.fetch(page)).values()].reverse();
  if (!channel.isThread()) return latest;
  const starter = await channel.fetchStarterMessage().catch(() => null); // deleted, or the thread began without one
  const others = latest.filter(({ id }) => id !== starter?.id); // it stands in a forum's thread itself
  return starter ? [starter, ...others.slice(1 - limit)] : others;
}

/** Those that are still there, and can be read. */
export async function fetchMessages(
  channel: TextBasedChannel | null,
  ids: readonly string[],
): Promise<Message[]> {
  const fetch = async (id: string) => channel?.messages.fetch(id);
  const fetched = await Promise.allSettled(ids.map(fetch));
  return fetched.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
}

function toPast(message: Message, bot: Find): PastMessage {
  const { id, createdTimestamp: at, content, client, interactionMetadata } = message;
  if (message.author.id !== client.user.id) {
    const text = readText(message);
    return { id, at, author: authorOf(message), isOwn: false, isNotice: false, text };
  }
  const quote = interactionMetadata ? readQuote(content) : undefined;
  if (interactionMetadata && quote !== undefined) {
    const author = personOf(interactionMetadata.user, null);
    return { id, at, author, isOwn: false, isNotice: false, text: quote };
  }
  const isReply = bot.replyAt(placeOf(message.channel).channel, id) !== undefined;
  const text = readOwnText(content);
  const isNotice = !isReply && (interactionMetadata !== null || text === "");
  return { id, at, author: authorOf(message), isOwn: true, isNotice, text };
}
