/** Messages: create, edit, delete, read, react. */

import { MessageFlags } from "discord.js";

import { ApiError } from "../api-error.ts";
import { MessageBody, requireFittingMessage } from "../form-rules.ts";
import { channelPayload } from "../payloads.ts";
import { isThread, type Channel, type StoredMessage } from "../world.ts";
import { channelOf, messageOf, requireOpen, type Call, type Pieces, type Routes } from "./call.ts";

export function messageRoutes(pieces: Pieces): Routes {
  const { world, messages } = pieces;
  const own = (call: Call): StoredMessage => {
    const channel = channelOf(call, pieces);
    const message = messageOf(call, pieces, channel);
    if (message.data.author.id !== world.bot.id) throw new ApiError("foreignMessage");
    requireOpen(channel);
    return message;
  };
  const reacted = (call: Call): [StoredMessage, emoji: string] => {
    const channel = channelOf(call, pieces, "ReadMessageHistory", "AddReactions");
    requireOpen(channel);
    return [messageOf(call, pieces, channel), call.part("emoji")];
  };
  return {
    "POST /channels/:channel/messages": (call) => create(call, pieces).data,
    "GET /channels/:channel/messages": (call) => list(call, pieces),
    "GET /channels/:channel/messages/:message": (call) =>
      messages.asRead(messageOf(call, pieces, channelOf(call, pieces, "ReadMessageHistory"))),
    "PATCH /channels/:channel/messages/:message": (call) => {
      const message = own(call);
      const body = MessageBody.parse(call.body);
      const { data } = message;
      const kept = data.attachments.filter(
        ({ id }) => !body.attachments || body.attachments.some((one) => String(one.id) === id),
      );
      requireFittingMessage({ ...data, ...body, nonce: undefined } as MessageBody, [
        ...kept.map(({ filename }) => filename),
        ...call.files.map(({ name }) => name),
      ]); // what it will be
      if (call.files.length > 0) channelOf(call, pieces, "AttachFiles");
      messages.edit(message, body, call.files);
      return data;
    },
    "DELETE /channels/:channel/messages/:message": (call) => {
      const channel = channelOf(call, pieces);
      const message = messageOf(call, pieces, channel);
      const isOwn = message.data.author.id === world.bot.id;
      if (!isOwn) channelOf(call, pieces, "ManageMessages");
      requireOpen(channel);
      messages.delete(message);
      return undefined;
    },
    "PUT /channels/:channel/messages/:message/reactions/:emoji/@me": (call) => {
      const [message, emoji] = reacted(call);
      messages.react(message, world.bot, emoji);
      return undefined;
    },
    "DELETE /channels/:channel/messages/:message/reactions/:emoji/@me": (call) => {
      const [message, emoji] = reacted(call);
      messages.unreact(message, world.bot, emoji);
      return undefined;
    },
  };
}

function create(call: Call, pieces: Pieces): StoredMessage {
  const { world, messages } = pieces;
  const body = MessageBody.parse(call.body);
  const channel = speakIn(call, pieces);
  requireFittingMessage(
    body,
    call.files.map(({ name }) => name),
  );
  const first = body.enforce_nonce
    ? channel.messages.find(({ nonce, data }) => nonce === body.nonce && data.author === world.bot)
    : undefined;
  if (first) return first;
  if (channel.archived) {
    channel.archived = false;
    pieces.gateway.dispatch("THREAD_UPDATE", channelPayload(channel, world), { channel });
  }
  return messages.add(channel, { author: world.bot, body, files: call.files });
}

function speakIn(call: Call, pieces: Pieces): Channel {
  const channel = channelOf(call, pieces);
  channelOf(call, pieces, isThread(channel) ? "SendMessagesInThreads" : "SendMessages");
  if (call.files.length > 0) channelOf(call, pieces, "AttachFiles");
  if (channel.locked) throw new ApiError("threadArchived");
  return channel;
}

/** Newest first, as Discord does. */
function list(call: Call, pieces: Pieces): object {
  const channel = channelOf(call, pieces, "ReadMessageHistory");
  const shown = channel.messages.filter(
    ({ deleted, data }) => !deleted && (data.flags & MessageFlags.Ephemeral) === 0,
  );
  const limit = Number(call.query.get("limit") ?? 50);
  const [before, after, around] = ["before", "after", "around"].map((key) => call.query.get(key));
  const isOlder = ({ data }: StoredMessage, id: string) => BigInt(data.id) < BigInt(id);
  const isNewer = ({ data }: StoredMessage, id: string) => BigInt(data.id) > BigInt(id);
  let found = shown.slice(-limit);
  if (before) found = shown.filter((one) => isOlder(one, before)).slice(-limit);
  if (after) found = shown.filter((one) => isNewer(one, after)).slice(0, limit);
  if (around) {
    const older = shown.filter((one) => !isNewer(one, around)).slice(-Math.ceil(limit / 2));
    found = [
      ...older,
      ...shown.filter((one) => isNewer(one, around)).slice(0, limit - older.length),
    ];
  }
  return found.map((message) => pieces.messages.asRead(message)).reverse();
}
