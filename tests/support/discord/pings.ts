/** Who is pinged by a message: whom its text names, as far as its sender lets it. */

import type { APIUser } from "discord.js";

import type { MessageBody } from "./form-rules.ts";
import type { Channel, StoredMessage } from "./world.ts";

interface Around {
  /** The message it answers. */
  readonly referenced?: StoredMessage;
  readonly users: ReadonlyMap<string, APIUser>;
}

export function pingsOf(channel: Channel, body: MessageBody, { referenced, users }: Around) {
  const content = body.content ?? "";
  const allowed = body.allowed_mentions;
  const isAllowed = (kind: string) => !allowed || allowed.parse?.includes(kind) === true;
  const named = (pattern: RegExp) => [...content.matchAll(pattern)].map(([, id]) => id ?? "");
  const pinged = isAllowed("users") ? named(/<@!?(\d+)>/g) : [...(allowed?.users ?? [])];
  const isAnswered = !allowed || allowed.replied_user === true;
  if (referenced && isAnswered) pinged.push(referenced.data.author.id);
  return {
    mentions: [...new Set(pinged)].flatMap((id) => users.get(id) ?? []),
    mention_roles: channel.guild && isAllowed("roles") ? named(/<@&(\d+)>/g) : [],
    mention_everyone: isAllowed("everyone") && /@(everyone|here)\b/.test(content),
  };
}
