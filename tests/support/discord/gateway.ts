/**
 * The gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME with replay, and
 * everything that goes wrong with it, on request.
 */

import { GatewayCloseCodes, GatewayOpcodes } from "discord.js";
import type { WebSocket } from "ws";
import { z } from "zod";

import { guildPayload } from "./payloads.ts";
import { Connection, Session } from "./session.ts";
import { hears, privilegedOf, visibleData, type Place } from "./visibility.ts";
import type { Watch } from "./watch.ts";
import type { World } from "./world.ts";

export interface GatewayOptions {
  readonly token: string;
  /** The privileged intents that are switched on in the developer portal. */
  readonly grantedIntents: number;
  readonly heartbeatInterval: number;
}

const Packet = z.object({ op: z.enum(GatewayOpcodes), d: z.unknown() });
const Identify = z.object({
  token: z.string(),
  intents: z.int(),
  shard: z.tuple([z.int(), z.int()]).optional(),
});
const Resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int() });

export class Gateway {
  readonly sessions = new Map<string, Session>();
  /** Opcodes that bots sent, in order. */
  readonly received: GatewayOpcodes[] = [];
  readonly #options: GatewayOptions;
  readonly #world: World;
  readonly #watch: Watch;
  readonly #url: () => string;

  constructor(options: GatewayOptions, world: World, watch: Watch, url: () => string) {
    this.#options = options;
    this.#world = world;
    this.#watch = watch;
    this.#url = url;
  }

  welcome(socket: WebSocket): void {
    const connection = new Connection(socket);
    socket.on("message", (text: Buffer) => {
      if (connection.frozen) return;
      const packet = Packet.parse(JSON.parse(text.toString()));
      this.received.push(packet.op);
      this.#receive(connection, packet);
      this.#watch.changed();
    });
    socket.on("close", () => {
      for (const session of this.sessions.values()) {
        if (session.connection === connection) session.connection = undefined;
      }
      this.#watch.changed();
    });
    connection.send({
      op: GatewayOpcodes.Hello,
      d: { heartbeat_interval: this.#options.heartbeatInterval },
    });
  }

  readonly dispatch = (event: string, data: object, place: Place = {}): void => {
    for (const session of this.sessions.values()) {
      if (!hears(session, event, place, this.#world)) continue;
      session.dispatch(event, visibleData(session, event, data, this.#world));
    }
    this.#watch.changed();
  };

  /** Asks every bot to come back on a new socket (op 7). */
  askToReconnect(): void {
    this.#sendAll({ op: GatewayOpcodes.Reconnect, d: null });
  }

  /** Tells every bot that its session is over (op 9). */
  invalidate({ resumable = false } = {}): void {
    this.#sendAll({ op: GatewayOpcodes.InvalidSession, d: resumable });
    if (!resumable) this.sessions.clear();
  }

  cutConnections(): void {
    for (const { connection } of this.sessions.values()) connection?.cut();
  }

  /** Closes every connection with one of Discord's own codes. */
  throwOut(code: GatewayCloseCodes): void {
    for (const { connection } of this.sessions.values()) connection?.close(code, "");
  }

  /** Today's sockets become zombies; the ones bots open next are well. */
  freezeConnections(): void {
    for (const { connection } of this.sessions.values()) if (connection) connection.frozen = true;
  }

  repeat(event: string): void {
    for (const session of this.sessions.values()) session.repeat(event);
  }

  #sendAll(packet: object): void {
    for (const { connection } of this.sessions.values()) connection?.send(packet);
  }

  #receive(connection: Connection, { op, d }: z.infer<typeof Packet>): void {
    if (op === GatewayOpcodes.Heartbeat) connection.send({ op: GatewayOpcodes.HeartbeatAck });
    if (op === GatewayOpcodes.Identify) this.#identify(connection, Identify.parse(d));
    if (op === GatewayOpcodes.Resume) this.#resume(connection, Resume.parse(d));
  }

  #identify(connection: Connection, asked: z.infer<typeof Identify>): void {
    if (asked.token !== this.#options.token) {
      return connection.close(GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
    }
    if ((privilegedOf(asked.intents) & ~this.#options.grantedIntents) !== 0) {
      return connection.close(GatewayCloseCodes.DisallowedIntents, "Disallowed intent(s).");
    }
    const world = this.#world;
    const session = new Session(world.nextId(), asked, connection);
    this.sessions.set(session.id, session);
    const guilds = [...world.guilds.values()].filter((guild) =>
      hears(session, "GUILD_CREATE", { guild }, world),
    );
    session.dispatch("READY", {
      v: 10,
      user: world.bot,
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.#url(),
      shard: session.shard,
      application: { id: world.applicationId, flags: 0 },
    });
    for (const guild of guilds) session.dispatch("GUILD_CREATE", guildPayload(guild, world));
  }

  #resume(connection: Connection, asked: z.infer<typeof Resume>): void {
    const session = this.sessions.get(asked.session_id);
    if (!session || asked.token !== this.#options.token) {
      return connection.send({ op: GatewayOpcodes.InvalidSession, d: false });
    }
    session.connection = connection;
    session.replayAfter(asked.seq);
    session.dispatch("RESUMED", {});
  }
}
