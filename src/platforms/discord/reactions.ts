/**
 * 👍 and 👎 as reactions: they count like the buttons, and taking them away
 * takes the rating back.
 *
 * Read from the gateway's own events: discord.js passes over reactions to
 * messages and direct channels that it has not cached, as after a restart.
 */

import { GatewayDispatchEvents } from "discord.js";
import { z } from "zod";

import type { Person, Verdict } from "../../chat/platform.ts";
import type { Desk } from "./desk.ts";
import { placeOf } from "./places.ts";

const Reaction = z.object({
  user_id: z.string(),
  channel_id: z.string(),
  message_id: z.string(),
  emoji: z.object({ name: z.string().nullable() }),
  member: z.object({ user: z.object({ bot: z.boolean().optional() }) }).optional(),
});

const VERDICTS: Readonly<Record<string, Verdict>> = { "👍": "good", "👎": "bad" };
const SKIN_TONE = /[\u{1f3fb}-\u{1f3ff}]/u;

export function listenToReactions(desk: Desk): void {
  const { client, log } = desk;
  const { MessageReactionAdd, MessageReactionRemove } = GatewayDispatchEvents;
  const listen = (event: GatewayDispatchEvents, isGiven: boolean) => {
    client.ws.on(event, (data: unknown) => {
      take(data, isGiven, desk).catch((error: unknown) => log.error("reaction lost", { error }));
    });
  };
  listen(MessageReactionAdd, true);
  listen(MessageReactionRemove, false);
}

async function take(data: unknown, isGiven: boolean, { client, bot, log }: Desk): Promise<void> {
  const { user_id: id, channel_id, message_id, emoji, member } = Reaction.parse(data);
  const verdict = VERDICTS[emoji.name?.replace(SKIN_TONE, "") ?? ""];
  if (!verdict || id === client.user.id) return;
  const channel =
    client.channels.cache.get(channel_id) ?? (await client.channels.fetch(channel_id));
  const reply = channel && bot.replyAt(placeOf(channel).channel, message_id);
  if (!reply) return;
  // The event tells no name, and a rating needs none.
  const isBot = member?.user.bot === true;
  const person: Person = { id, name: "", isBot, roles: [], isManager: false };
  const { text } = isGiven
    ? await bot.rate(reply.id, person, verdict)
    : await bot.rate(reply.id, person, undefined, { was: verdict });
  log.debug("reaction", { reply: reply.id, text });
}
