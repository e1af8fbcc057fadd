/** What a route is handed, and the questions that many routes ask first. */

import type { PermissionsString } from "discord.js";

import { ApiError } from "../api-error.ts";
import type { Gateway } from "../gateway.ts";
import type { Interactions } from "../interactions.ts";
import type { Messages } from "../messages.ts";
import type { Attachment, Channel, StoredMessage, World } from "../world.ts";

export interface Pieces {
  readonly world: World;
  readonly messages: Messages;
  readonly gateway: Gateway;
  readonly interactions: Interactions;
  readonly grantedIntents: number;
  readonly gatewayUrl: () => string;
  readonly recommendedShards: number;
}

export interface Call {
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly Attachment[];
  /** A part of the path, by its name in the route. */
  readonly part: (name: string) => string;
}

/** Nothing is answered as 204. */
export type Handler = (call: Call) => object | undefined;

/** By route, as in `GET /channels/:channel`. */
export type Routes = Readonly<Record<string, Handler>>;

/** @throws ApiError if the bot may not do this there. */
export function channelOf(
  { part }: Call,
  { world }: Pieces,
  ...needed: PermissionsString[]
): Channel {
  const channel = world.channels.get(part("channel"));
  if (!channel) throw new ApiError("unknownChannel");
  const may = world.permissions(world.bot, channel);
  if (!may.has("ViewChannel")) throw new ApiError("missingAccess");
  if (!may.has(needed)) throw new ApiError("missingPermissions");
  return channel;
}

export function messageOf(call: Call, pieces: Pieces, channel: Channel): StoredMessage {
  const message = pieces.world.message(channel.id, call.part("message"));
  if (!message) throw new ApiError("unknownMessage");
  return message;
}

/** An archived thread can be read and, by speaking in it, be opened again; nothing else. */
export function requireOpen(channel: Channel): void {
  if (channel.archived) throw new ApiError("threadArchived");
}
