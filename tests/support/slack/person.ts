/** What a person does in Slack: says, edits, reacts, opens. */

import type { AppEvents } from "./app-events.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import type { Triggers } from "./triggers.ts";
import {
  directChannel,
  installationOf,
  required,
  type Message,
  type StoredFile,
  type User,
  type World,
} from "./world.ts";

export interface Saying {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly thread?: string;
  readonly subtype?: string;
  readonly files?: readonly StoredFile[];
}

export interface ThreadOfUser {
  readonly user: string;
  readonly channel: string;
  readonly thread: string;
}

export interface PersonOptions {
  readonly app: AppIdentity;
  readonly world: World;
  readonly events: AppEvents;
  readonly deliveries: Deliveries;
  readonly triggers: Triggers;
  readonly origin: () => string;
}

export function createPerson({ world, events }: PersonOptions) {
  const add = ({ channel, user, text, thread, files = [], subtype }: Saying): Message => {
    const { teamId } = required(world.channels, channel);
    const kind = subtype ?? (files.length > 0 ? "file_share" : undefined);
    const message: Message = {
      teamId,
      channel,
      user,
      text,
      ts: world.nextTs(),
      blocks: [],
      files,
      revisions: [text],
      edited: false,
      deleted: false,
      reactions: [],
      ...(thread && { threadTs: thread }),
      ...(kind && { subtype: kind }),
    };
    world.messages.push(message);
    world.changes.happened();
    return message;
  };
  return {
    /** Says something; Slack tells the app, once or twice. */
    say(saying: Saying): Message {
      const message = add(saying);
      events.posted(message);
      return message;
    },
    edit(message: Message, text: string): void {
      const previous = { ...message };
      message.text = text;
      message.edited = true;
      message.revisions.push(text);
      world.changes.happened();
      events.changed(message, previous);
    },
    delete(message: Message): void {
      message.deleted = true;
      world.changes.happened();
      events.removed(message);
    },
    react(message: Message, user: string, name: string): void {
      message.reactions.push({ name, user });
      tellReaction(events, world, "reaction_added", { message, user, name });
    },
    unreact(message: Message, user: string, name: string): void {
      const at = message.reactions.findIndex((one) => one.name === name && one.user === user);
      message.reactions.splice(at, 1);
      tellReaction(events, world, "reaction_removed", { message, user, name });
    },
    openHome(userId: string): Delivery {
      const user = required(world.users, userId);
      const channel = directChannel(world, botFor(world, user), user).id;
      const event_ts = world.nextTs();
      return events.send(user.teamId, {
        type: "app_home_opened",
        user: userId,
        channel,
        tab: "home",
        event_ts,
      });
    },
    /** Opens the assistant pane with a new thread in it. */
    openAssistantThread(userId: string): { readonly channel: string; readonly thread: string } {
      const user = required(world.users, userId);
      const bot = botFor(world, user);
      const channel = directChannel(world, bot, user).id;
      const subtype = "assistant_app_thread";
      const { ts: thread } = add({ channel, user: bot.id, text: "New chat", subtype });
      const context = { channel_id: channel, team_id: user.teamId, enterprise_id: null };
      const assistant_thread = { user_id: userId, context, channel_id: channel, thread_ts: thread };
      const event_ts = world.nextTs();
      events.send(user.teamId, { type: "assistant_thread_started", assistant_thread, event_ts });
      return { channel, thread };
    },
    /** Clicks Slack's own stop button: no stream of this thread takes any more text. */
    stopSession({ user, channel, thread }: ThreadOfUser): void {
      const streaming = world.messages.filter(
        ({ channel: where, threadTs, stream }) =>
          where === channel && threadTs === thread && stream?.state === "streaming",
      );
      for (const { stream } of streaming) if (stream) stream.state = "stopped_by_user";
      world.changes.happened();
      events.send(required(world.channels, channel).teamId, {
        type: "agent_session_stopped",
        channel,
        user,
        thread_ts: thread,
        streaming_message_ts: streaming.map(({ ts }) => ts),
        event_ts: world.nextTs(),
      });
    },
    /** Takes the app out of a workspace. */
    uninstall(teamId: string): void {
      const installation = installationOf(world, teamId);
      installation.revoked = true;
      const tokens = { oauth: [], bot: [installation.botUserId] };
      events.send(teamId, { type: "tokens_revoked", tokens, event_ts: world.nextTs() });
      events.send(teamId, { type: "app_uninstalled" });
    },
  };
}

function botFor(world: World, { teamId }: User): User {
  return required(world.users, installationOf(world, teamId).botUserId);
}

function tellReaction(
  events: AppEvents,
  world: World,
  type: "reaction_added" | "reaction_removed",
  { message, user, name }: { message: Message; user: string; name: string },
): void {
  world.changes.happened();
  events.send(message.teamId, {
    type,
    user,
    reaction: name,
    item_user: message.user,
    item: { type: "message", channel: message.channel, ts: message.ts },
    event_ts: world.nextTs(),
  });
}
