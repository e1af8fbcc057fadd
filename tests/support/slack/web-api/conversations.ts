/** conversations.*, users.* and usergroups.*: where things are said, what was said, and by whom. */

import { wireMessage } from "../app-events.ts";
import type { AppIdentity } from "../app-identity.ts";
import { directChannel, required, type Channel, type Message, type World } from "../world.ts";
import {
  channelOf,
  requireScope,
  scopeFor,
  SlackError,
  type Arguments,
  type Caller,
  type Methods,
} from "./method.ts";

const PAGE = 100;

export function conversationMethods(app: AppIdentity, world: World): Methods {
  const readable = (args: Arguments, caller: Caller): Channel => {
    const channel = channelOf(world, caller, args.required("channel"));
    requireScope(caller, scopeFor(channel, "history"));
    if (!channel.members.has(caller.installation.botUserId)) throw new SlackError("not_in_channel");
    return channel;
  };
  const said = (channel: Channel) =>
    world.messages.filter(
      (one) => one.channel === channel.id && !one.deleted && one.ephemeralFor === undefined,
    );
  const page = (messages: readonly Message[], args: Arguments) => {
    const limit = Number(args.text("limit") ?? PAGE);
    const start = Number(args.text("cursor") ?? 0);
    const end = start + limit;
    const more = end < messages.length;
    return {
      messages: messages.slice(start, end).map((message) => withoutChannel(app, message)),
      has_more: more,
      ...(more && { response_metadata: { next_cursor: String(end) } }),
    };
  };
  return {
    "conversations.replies": {
      run(args, caller) {
        const ts = args.required("ts");
        const thread = said(readable(args, caller)).filter(
          (one) => one.ts === ts || one.threadTs === ts,
        );
        if (thread.length === 0) throw new SlackError("thread_not_found");
        const [root, ...replies] = thread.filter(within(args, ts));
        return page(root ? [root, ...replies] : [], args);
      },
    },
    "conversations.history": {
      run(args, caller) {
        const top = said(readable(args, caller)).filter((one) => one.threadTs === undefined);
        return page(top.filter(within(args)).toReversed(), args);
      },
    },
    "conversations.info": {
      run(args, caller) {
        const channel = channelOf(world, caller, args.required("channel"));
        requireScope(caller, scopeFor(channel, "read"));
        return { channel: wireChannel(channel, caller) };
      },
    },
    "conversations.open": {
      scope: "im:write",
      run(args, caller) {
        const user = world.users.get(args.required("users"));
        if (!user || user.teamId !== caller.installation.teamId) {
          throw new SlackError("user_not_found");
        }
        const bot = required(world.users, caller.installation.botUserId);
        return { channel: { id: directChannel(world, bot, user).id } };
      },
    },
    "usergroups.list": {
      scope: "usergroups:read",
      run(args, { installation }) {
        const withUsers = args.text("include_users") === "true";
        const usergroups = world.userGroups
          .filter(({ teamId }) => teamId === installation.teamId)
          .map(({ id, teamId, handle, users }) => ({
            id,
            team_id: teamId,
            is_usergroup: true,
            name: handle,
            handle,
            ...(withUsers && { users }),
          }));
        return { usergroups };
      },
    },
    "users.info": {
      scope: "users:read",
      run(args, caller) {
        const user = world.users.get(args.required("user"));
        if (!user || user.teamId !== caller.installation.teamId) {
          throw new SlackError("user_not_found");
        }
        const { id, teamId, name, isBot, isAdmin = false } = user;
        const profile = { display_name: name, real_name: name };
        return {
          user: {
            id,
            team_id: teamId,
            name,
            real_name: name,
            is_bot: isBot,
            is_admin: isAdmin,
            profile,
          },
        };
      },
    },
  };
}

/** `oldest` and `latest` bound the answer; the root of a thread always comes along. */
function within(args: Arguments, root?: string): (message: Message) => boolean {
  const oldest = Number(args.text("oldest") ?? 0);
  const latest = Number(args.text("latest") ?? Infinity);
  const inclusive = args.text("inclusive") === "true";
  return ({ ts }) => {
    const at = Number(ts);
    if (ts === root) return true;
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function withoutChannel(app: AppIdentity, message: Message): unknown {
  const { channel: _, ...rest } = wireMessage(app, message);
  return rest;
}

function wireChannel(channel: Channel, { installation }: Caller): unknown {
  const { id, name, kind, archived, members } = channel;
  return {
    id,
    ...(kind === "im" ? {} : { name }),
    is_channel: kind === "channel",
    is_group: kind === "group",
    is_im: kind === "im",
    is_private: kind !== "channel",
    is_archived: archived,
    is_member: members.has(installation.botUserId),
  };
}
