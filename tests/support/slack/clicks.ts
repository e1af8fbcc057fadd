/** What a person clicks and fills in: buttons, forms, slash commands, shortcuts. */

import { wireMessage } from "./app-events.ts";
import type { Delivery } from "./deliveries.ts";
import type { PersonOptions } from "./person.ts";
import { actionIn, type Press } from "./press.ts";
import { stateOf, type ViewValues } from "./view-state.ts";
import { wireView } from "./web-api/surfaces.ts";
import { required, type Message, type OpenView } from "./world.ts";

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

/** Each settles when the app has acknowledged, or failed to. */
export function createClicks({ app, world, deliveries, triggers, origin }: PersonOptions) {
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
  };
}
