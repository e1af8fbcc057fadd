/** Response URLs: for a while after a command or a click the app may answer its person. */

import type { AppEvents } from "./app-events.ts";
import { rewrite } from "./web-api/chat.ts";
import {
  findMessage,
  installationOf,
  required,
  type Block,
  type Message,
  type World,
} from "./world.ts";

export interface ResponseBody {
  readonly text?: string;
  readonly blocks?: readonly Block[];
  readonly response_type?: "ephemeral" | "in_channel";
  readonly replace_original?: boolean;
  readonly delete_original?: boolean;
}

/** @param id who acted, where, and on which message */
export function acceptResponse(
  world: World,
  events: AppEvents,
  id: string,
  { text = "", blocks = [], ...how }: ResponseBody,
): void {
  const [user = "", channel = "", ts = ""] = decodeURIComponent(id).split(",");
  const original = findMessage(world, channel, ts);
  if (how.delete_original && original) original.deleted = true;
  else if (how.replace_original && original) rewrite(original, text, blocks);
  else {
    const { teamId } = required(world.channels, channel);
    const { botUserId, botId } = installationOf(world, teamId);
    const message: Message = {
      teamId,
      channel,
      ts: world.nextTs(),
      user: botUserId,
      botId,
      text,
      blocks,
      files: [],
      revisions: [text],
      edited: false,
      deleted: false,
      reactions: [],
      ...(how.response_type !== "in_channel" && { ephemeralFor: user }),
    };
    world.messages.push(message);
    events.posted(message);
  }
  world.changes.happened();
}
