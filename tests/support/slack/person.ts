/** What a person does in Slack: says, edits, clicks, fills in, opens. */

import { wireMessage, type AppEvents } from "./app-events.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import { actionIn, type Press } from "./press.ts";
import type { Triggers } from "./triggers.ts";
import { stateOf, type ViewValues } from "./view-state.ts";
import { wireView } from "./web-api/surfaces.ts";
import {
  directChannel,
  installationOf,
  required,
  type Message,
  type OpenView,
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

export interface Command {
  readonly user: string;
  readonly channel: string;
  readonly command: string;
  readonly text?: string;
}

export interface MessageShortcut {
  readonly user: string;
  readonly message: Message;
  readonly callbackId: string;
}

export interface ThreadOfUser {
  readonly user: string;
  readonly channel: string;
  readonly thread: string;
}

export type Person = ReturnType<typeof createPerson>;

export interface PersonOptions {
  readonly app: AppIdentity;
  readonly world: World;
  readonly events: AppEvents;
  readonly deliveries: Deliveries;
  readonly triggers: Triggers;
  readonly origin: () => string;
}

export function createPerson({ app, world, events, deliveries, triggers, origin }: PersonOptions) {
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
  const interaction = (userId: string) => {
    const user = required(world.users, userId);
    const { id, domain } = required(world.teams, user.teamId);
    return {
      token: app.verificationToken,
      api_app_id: app.appId,
      team: { id, domain },
      user: { id: user.id, name: user.name, username: user.name, team_id: id },
      trigger_id: triggers.give(user.id),
      is_enterprise_install: false,
      enterprise: null,
    };
  };
  const responseUrl = (user: string, channel: string, message?: string) =>
    `${origin()}/response/${[user, channel, message ?? ""].join(",")}`;
  const channelAs = (id: string) => ({
    id,
    name: required(world.channels, id).name || "directmessage",
  });
  const settled = (delivery: Delivery) =>
    world.changes.until(() =>
      delivery.state === "acknowledged" || delivery.state === "failed" ? delivery : undefined,
    );
  const interact = (payload: Readonly<Record<string, unknown>>) =>
    settled(deliveries.deliver("interactive", payload));

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
    /** Clicks; settles when the app has acknowledged, or failed to. */
    press(press: Press & { readonly user: string; readonly message: Message }): Promise<Delivery> {
      const { user, message } = press;
      const { channel, ts, threadTs, ephemeralFor } = message;
      return interact({
        type: "block_actions",
        ...interaction(user),
        container: {
          type: "message",
          message_ts: ts,
          channel_id: channel,
          is_ephemeral: ephemeralFor !== undefined,
          ...(threadTs && { thread_ts: threadTs }),
        },
        channel: channelAs(channel),
        message: wireMessage(app, message),
        response_url: responseUrl(user, channel, ts),
        actions: [{ ...actionIn(message.blocks, press), action_ts: world.nextTs() }],
      });
    },
    /** Clicks on something in the home tab. */
    pressAtHome(press: Press & { readonly user: string }): Promise<Delivery> {
      const view = world.homes.get(press.user) ?? { blocks: [] };
      const { teamId } = required(world.users, press.user);
      return interact({
        type: "block_actions",
        ...interaction(press.user),
        container: { type: "view", view_id: `V-home-${press.user}` },
        view: { id: `V-home-${press.user}`, team_id: teamId, ...view },
        actions: [{ ...actionIn(view["blocks"], press), action_ts: world.nextTs() }],
      });
    },
    submitView(open: OpenView, values: ViewValues): Promise<Delivery> {
      return interact({
        type: "view_submission",
        ...interaction(open.user),
        view: { ...wireView(open), state: { values: stateOf(open.view, values) } },
        response_urls: [],
      });
    },
    slash({ user, channel, command, text = "" }: Command): Promise<Delivery> {
      const { name, teamId } = required(world.users, user);
      const payload = {
        token: app.verificationToken,
        team_id: teamId,
        team_domain: required(world.teams, teamId).domain,
        channel_id: channel,
        channel_name: channelAs(channel).name,
        user_id: user,
        user_name: name,
        command,
        text,
        api_app_id: app.appId,
        is_enterprise_install: "false",
        response_url: responseUrl(user, channel),
        trigger_id: triggers.give(user),
      };
      return settled(deliveries.deliver("slash_commands", payload));
    },
    shortcut({ user, message, callbackId }: MessageShortcut): Promise<Delivery> {
      return interact({
        type: "message_action",
        callback_id: callbackId,
        ...interaction(user),
        channel: channelAs(message.channel),
        message_ts: message.ts,
        message: wireMessage(app, message),
        response_url: responseUrl(user, message.channel, message.ts),
        action_ts: world.nextTs(),
      });
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
