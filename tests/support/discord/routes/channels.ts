/** Channels, threads, typing, direct messages, guilds and their members. */

import { z } from "zod";

import { ApiError } from "../api-error.ts";
import { channelPayload, guildPayload, memberPayload } from "../payloads.ts";
import type { Guild } from "../world.ts";
import { channelOf, messageOf, type Call, type Pieces, type Routes } from "./call.ts";

const ThreadBody = z.object({ name: z.string().min(1).max(100) });
const ChannelChange = z.object({
  archived: z.boolean().optional(),
  locked: z.boolean().optional(),
});
const Recipient = z.object({ recipient_id: z.string() });

export function channelRoutes(pieces: Pieces): Routes {
  const { world, gateway } = pieces;
  return {
    "GET /channels/:channel": (call) => channelPayload(channelOf(call, pieces), world),
    "PATCH /channels/:channel": (call) => {
      const channel = channelOf(call, pieces);
      const change = ChannelChange.parse(call.body);
      // Whoever may speak in a thread may open it again, unless it is locked.
      const isOpening = change.archived === false && !channel.locked;
      if (channel.owner !== world.bot && !isOpening) channelOf(call, pieces, "ManageThreads");
      Object.assign(channel, change);
      gateway.dispatch("THREAD_UPDATE", channelPayload(channel, world), { channel });
      return channelPayload(channel, world);
    },
    "POST /channels/:channel/typing": (call) => {
      channelOf(call, pieces, "SendMessages");
      return undefined;
    },
    "POST /channels/:channel/messages/:message/threads": (call) => startThread(call, pieces),
    "POST /users/@me/channels": ({ body }) => {
      const user = world.users.get(Recipient.parse(body).recipient_id);
      if (!user) throw new ApiError("unknownUser");
      return channelPayload(world.directMessages(user), world);
    },
    "GET /guilds/:guild": (call) => guildPayload(guildOf(call, pieces), world),
    "GET /guilds/:guild/roles": (call) => guildOf(call, pieces).roles,
    "GET /guilds/:guild/members/:user": (call) => {
      const member = memberPayload(guildOf(call, pieces), call.part("user"));
      if (!member) throw new ApiError("unknownUser");
      return member;
    },
  };
}

function startThread(call: Call, pieces: Pieces): object {
  const { world, messages } = pieces;
  const parent = channelOf(call, pieces, "CreatePublicThreads");
  const starter = messageOf(call, pieces, parent);
  const { name } = ThreadBody.parse(call.body);
  if (world.channels.has(starter.data.id)) throw new ApiError("threadExists");
  return channelPayload(messages.startThread(starter, world.bot, name), world);
}

function guildOf({ part }: Call, { world }: Pieces): Guild {
  const guild = world.guilds.get(part("guild"));
  if (!guild) throw new ApiError("notFound");
  return guild;
}
