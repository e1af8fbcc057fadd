/** What happens in the world, told to the app as the Events API tells it. */

import type { AppIdentity } from "./app-identity.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import { installationOf, required, type Message, type World } from "./world.ts";

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

export interface AppEvents {
  /** Sends any event of a workspace. */
  send(teamId: string, event: Event): Delivery;
  /** A message appeared. A mention of the bot is told twice: as itself, and as a message. */
  posted(message: Message): Delivery[];
  changed(message: Message, previous: Message): void;
  removed(message: Message): void;
}

export function createAppEvents(app: AppIdentity, world: World, deliveries: Deliveries): AppEvents {
  const send = (teamId: string, event: Event) =>
    deliveries.deliver("events_api", callbackOf(app, world, teamId, event));
  const isHeard = ({ teamId, channel, ephemeralFor }: Message) =>
    ephemeralFor === undefined &&
    required(world.channels, channel).members.has(installationOf(world, teamId).botUserId);
  const about = (message: Message, rest: Readonly<Record<string, unknown>>) => {
    const { teamId, channel } = message;
    const { kind } = required(world.channels, channel);
    const event_ts = world.nextTs();
    return send(teamId, {
      type: "message",
      channel,
      channel_type: kind,
      ts: event_ts,
      event_ts,
      ...rest,
    });
  };
  return {
    send,
    posted(message) {
      if (!isHeard(message)) return [];
      const { kind } = required(world.channels, message.channel);
      const event = { ...wireMessage(app, message), event_ts: message.ts };
      const { botUserId } = installationOf(world, message.teamId);
      const isMention = kind !== "im" && message.text.includes(`<@${botUserId}>`);
      const mention = isMention ? [send(message.teamId, { ...event, type: "app_mention" })] : [];
      return [...mention, send(message.teamId, { ...event, channel_type: kind })];
    },
    changed(message, previous) {
      if (!isHeard(message)) return;
      about(message, {
        subtype: "message_changed",
        hidden: true,
        message: wireMessage(app, message),
        previous_message: wireMessage(app, previous),
      });
    },
    removed(message) {
      if (!isHeard(message)) return;
      about(message, {
        subtype: "message_deleted",
        hidden: true,
        deleted_ts: message.ts,
        previous_message: wireMessage(app, message),
      });
    },
  };
}

/** A message as the API and the events write it. */
export function wireMessage(app: AppIdentity, message: Message): Event & { readonly ts: string } {
  const { botId, subtype, threadTs, files, blocks, metadata, stream } = message;
  return {
    type: "message",
    ...(subtype && { subtype }),
    user: message.user,
    text: message.text,
    ts: message.ts,
    team: message.teamId,
    channel: message.channel,
    ...(threadTs && { thread_ts: threadTs }),
    ...(botId && { bot_id: botId, app_id: app.appId, bot_profile: { id: botId, name: app.name } }),
    ...(blocks.length > 0 && { blocks }),
    ...(files.length > 0 && { files: files.map(({ id, name }) => ({ id, name, title: name })) }),
    ...(message.edited && { edited: { user: message.user, ts: message.ts } }),
    ...(metadata !== undefined && { metadata }),
    ...(stream && { streaming_state: stream.state === "streaming" ? "in_progress" : "completed" }),
    ...(message.reactions.length > 0 && { reactions: countReactions(message) }),
  };
}

function countReactions({ reactions }: Message): unknown[] {
  return [...new Set(reactions.map(({ name }) => name))].map((name) => {
    const users = reactions.filter((one) => one.name === name).map(({ user }) => user);
    return { name, users, count: users.length };
  });
}

function callbackOf(
  app: AppIdentity,
  world: World,
  teamId: string,
  event: Event,
): Readonly<Record<string, unknown>> {
  return {
    token: app.verificationToken,
    team_id: teamId,
    api_app_id: app.appId,
    event,
    type: "event_callback",
    event_id: world.nextId("Ev"),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: teamId,
        user_id: lastBotOf(world, teamId),
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

/** Also where the app was taken out a moment ago: it is told that, too. */
function lastBotOf(world: World, teamId: string): string | undefined {
  return [...world.installations.values()].findLast((one) => one.teamId === teamId)?.botUserId;
}
