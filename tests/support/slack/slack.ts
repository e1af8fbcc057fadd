/**
 * A small, real Slack on a free loopback port, for tests: an unmodified Bolt
 * app talks to it and cannot tell.
 *
 * ```ts
 * const slack = await startSlack();
 * const { team, bot } = slack.addTeam("Acme");
 * const channel = slack.addChannel(team, "general", [ana.id, bot.botUserId]);
 * slack.person.say({ channel: channel.id, user: ana.id, text: `<@${bot.botUserId}> hello` });
 * await slack.until(() => slack.messagesIn(channel.id).at(-1)?.text === "Hi.");
 * ```
 */

import type { AddressInfo } from "node:net";

import { createAppEvents } from "./app-events.ts";
import { ALL_SCOPES, exampleApp, type AppIdentity } from "./app-identity.ts";
import { createClicks } from "./clicks.ts";
import { createChanges } from "./changes.ts";
import { createClock, type Clock } from "./clock.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createOAuth, type OAuth } from "./oauth.ts";
import { createPerson } from "./person.ts";
import { acceptResponse, type ResponseBody } from "./response-url.ts";
import { createSignedHttp, type SignedHttp } from "./signed-http.ts";
import { createSocketMode, type SocketMode } from "./socket-mode.ts";
import { createTriggers } from "./triggers.ts";
import { allMethods } from "./web-api/index.ts";
import { createApiServer, type Call } from "./web-api/server.ts";
import {
  createWorld,
  type Channel,
  type Installation,
  type Message,
  type Team,
  type User,
  type UserGroup,
  type World,
} from "./world.ts";

export interface Slack {
  readonly app: AppIdentity;
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly world: World;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Every call of the Web API, in order. */
  readonly calls: readonly Call[];
  readonly deliveries: Deliveries;
  readonly socket: SocketMode;
  readonly http: SignedHttp;
  readonly oauth: OAuth;
  /** Somebody at the screen. */
  readonly person: ReturnType<typeof createPerson> & ReturnType<typeof createClicks>;
  /** Waits for the world to be as the test wants it, without sleeping. */
  until<T>(look: () => T | undefined | false): Promise<T>;
  callsOf(method: string): readonly Call[];
  addTeam(name: string, options?: { scopes?: readonly string[] }): InstalledTeam;
  /** A workspace that the app is not in yet. */
  addBareTeam(name: string): Team;
  addUser(team: Team, name: string, options?: { isAdmin?: boolean }): User;
  addUserGroup(team: Team, handle: string, users: readonly string[]): UserGroup;
  addChannel(
    team: Team,
    name: string,
    members: readonly string[],
    options?: ChannelOptions,
  ): Channel;
  /** What stands in a channel or thread, oldest first, without what was deleted. */
  messagesIn(channel: string, thread?: string): Message[];
  close(): Promise<void>;
}

interface InstalledTeam {
  readonly team: Team;
  readonly bot: Installation;
}

interface ChannelOptions {
  readonly isPrivate?: boolean;
}

export interface SlackOptions {
  readonly app?: AppIdentity;
  /** The time it is in this Slack, in milliseconds. */
  readonly start?: number;
}

const SOME_DAY = Date.UTC(2026, 0, 15, 12);

export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const { app = exampleApp, start = SOME_DAY } = options;
  const clock = createClock(start);
  const changes = createChanges();
  const world = createWorld(clock, changes);
  const deliveries = createDeliveries(world);
  const events = createAppEvents(app, world, deliveries);
  const triggers = createTriggers(clock);
  const faults = createFaults();
  const calls: Call[] = [];
  let origin = "";
  const parts = { app, world, events, deliveries, triggers, origin: () => origin };

  const oauth = createOAuth(app, world, (teamId, scopes) => install(world, teamId, scopes));
  const server = createApiServer({
    app,
    world,
    faults,
    calls,
    methods: allMethods(parts),
    open: {
      openConnection: () => socket.openTicket(origin),
      exchangeCode: (args) => oauth.exchange(args),
    },
    respond: (id, body) => acceptResponse(world, events, id, body as ResponseBody),
  });
  const socket = createSocketMode({ app, world, deliveries, server });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port

  const addBareTeam = (name: string): Team => {
    const team = { id: world.nextId("T"), name, domain: name.toLowerCase() };
    world.teams.set(team.id, team);
    return team;
  };
  return {
    app,
    apiUrl: `${origin}/api/`,
    world,
    clock,
    faults,
    calls,
    deliveries,
    socket,
    http: createSignedHttp(app, deliveries),
    oauth,
    person: { ...createPerson(parts), ...createClicks(parts) },
    until: (look) => changes.until(look),
    callsOf: (method) => calls.filter((call) => call.method === method),
    addTeam(name, { scopes = ALL_SCOPES } = {}) {
      const team = addBareTeam(name);
      return { team, bot: install(world, team.id, scopes) };
    },
    addBareTeam,
    addUser(team, name, { isAdmin = false } = {}) {
      const user = { id: world.nextId("U"), teamId: team.id, name, isBot: false, isAdmin };
      world.users.set(user.id, user);
      return user;
    },
    addUserGroup(team, handle, users) {
      const group = { id: world.nextId("S"), teamId: team.id, handle, users: [...users] };
      world.userGroups.push(group);
      return group;
    },
    addChannel(team, name, members, { isPrivate = false } = {}) {
      const id = world.nextId("C");
      const kind = isPrivate ? "group" : "channel";
      const channel: Channel = {
        id,
        teamId: team.id,
        name,
        kind,
        members: new Set(members),
        archived: false,
      };
      world.channels.set(id, channel);
      return channel;
    },
    messagesIn: (channel, thread) =>
      world.messages.filter(
        (one) =>
          one.channel === channel &&
          !one.deleted &&
          (thread === undefined || one.threadTs === thread || one.ts === thread),
      ),
    async close() {
      socket.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A new token for a workspace; the bot stays who it is there. */
function install(world: World, teamId: string, scopes: readonly string[]): Installation {
  const before = [...world.installations.values()].findLast((one) => one.teamId === teamId);
  const botUserId = before?.botUserId ?? world.nextId("U");
  const botId = before?.botId ?? world.nextId("B");
  world.users.set(botUserId, { id: botUserId, teamId, name: "zero", isBot: true });
  const token = `xoxb-${world.nextId("")}-secret`;
  const installation: Installation = { teamId, token, scopes, botUserId, botId, revoked: false };
  world.installations.set(token, installation);
  return installation;
}
