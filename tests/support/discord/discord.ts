/**
 * A small, real Discord on loopback: HTTP, a gateway, and the people in it.
 *
 * An unmodified discord.js client logs in to `apiUrl`. Tests act through
 * `people`, break things through `faults` and `gateway`, and wait for what
 * follows with `until`.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { GatewayIntentBits } from "discord.js";
import { WebSocketServer } from "ws";

import { Faults } from "./faults.ts";
import { Gateway } from "./gateway.ts";
import { Interactions } from "./interactions.ts";
import { Messages } from "./messages.ts";
import { People } from "./people.ts";
import { RateLimits, type Limits } from "./rate-limits.ts";
import { Rest, type LoggedRequest } from "./rest.ts";
import { applicationRoutes } from "./routes/application.ts";
import { channelRoutes } from "./routes/channels.ts";
import { interactionRoutes } from "./routes/interactions.ts";
import { messageRoutes } from "./routes/messages.ts";
import { Watch } from "./watch.ts";
import { World, type Channel, type StoredMessage } from "./world.ts";

export interface DiscordOptions {
  /** Milliseconds since 1970; deadlines and buckets follow it. */
  readonly now?: () => number;
  readonly limits?: Limits;
  readonly heartbeatInterval?: number;
  readonly grantedIntents?: number;
  readonly recommendedShards?: number;
}

export interface Discord {
  readonly apiUrl: string;
  readonly token: string;
  readonly world: World;
  readonly people: People;
  readonly gateway: Gateway;
  readonly faults: Faults;
  /** Every request, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** What `find` finds, as soon as it finds something. */
  readonly until: Watch["until"];
  /** What the bot said there and has not deleted, oldest first. */
  botMessages(channel: Channel): StoredMessage[];
  close(): Promise<void>;
}

const TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMA.loopback.nobody-but-this-test-knows-it";

export async function startDiscord({
  now = Date.now,
  limits = {},
  heartbeatInterval = 41_250,
  grantedIntents = GatewayIntentBits.MessageContent | GatewayIntentBits.GuildMembers,
  recommendedShards = 1,
}: DiscordOptions = {}): Promise<Discord> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP, not on a pipe
  const baseUrl = `http://127.0.0.1:${port}`;
  const gatewayUrl = () => `ws://127.0.0.1:${port}/gateway`;

  const watch = new Watch();
  const world = new World(now);
  const gateway = new Gateway(
    { token: TOKEN, grantedIntents, heartbeatInterval },
    world,
    watch,
    gatewayUrl,
  );
  const messages = new Messages(world, gateway.dispatch, () => baseUrl);
  const interactions = new Interactions(now);
  const pieces = {
    world,
    messages,
    gateway,
    interactions,
    grantedIntents,
    gatewayUrl,
    recommendedShards,
  };
  const faults = new Faults();
  const rest = new Rest({
    token: TOKEN,
    world,
    routes: {
      ...applicationRoutes(pieces),
      ...channelRoutes(pieces),
      ...messageRoutes(pieces),
      ...interactionRoutes(pieces),
    },
    limits: new RateLimits(limits, now),
    faults,
    watch,
  });
  server.on("request", (request, response) => void rest.serve(request, response));
  const sockets = new WebSocketServer({ server, path: "/gateway" });
  sockets.on("connection", (socket) => gateway.welcome(socket));

  return {
    apiUrl: `${baseUrl}/api`,
    token: TOKEN,
    world,
    people: new People(world, messages, interactions, gateway.dispatch),
    gateway,
    faults,
    requests: rest.log,
    until: (find) => watch.until(find),
    botMessages: ({ messages }) =>
      messages.filter(({ data, deleted }) => !deleted && data.author.id === world.bot.id),
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
