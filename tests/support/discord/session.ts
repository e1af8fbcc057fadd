/** One bot's stay at the gateway: it outlives its sockets, so that nothing is missed between two. */

import { GatewayOpcodes } from "discord.js";
import type { WebSocket } from "ws";

interface Dispatch {
  readonly op: GatewayOpcodes.Dispatch;
  readonly s: number;
  readonly t: string;
  readonly d: unknown;
}

/** One socket. A frozen one is open and dead: nothing arrives, nothing is acknowledged. */
export class Connection {
  readonly #socket: WebSocket;
  frozen = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(packet: object): void {
    if (!this.frozen) this.#socket.send(JSON.stringify(packet));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** As when a cable is cut: no closing word. */
  cut(): void {
    this.#socket.terminate();
  }
}

export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  connection: Connection | undefined;
  readonly #sent: Dispatch[] = [];

  constructor(
    id: string,
    { intents, shard = [0, 1] }: { intents: number; shard?: readonly [number, number] },
    connection: Connection,
  ) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.connection = connection;
  }

  dispatch(event: string, data: object): void {
    const packet: Dispatch = {
      op: GatewayOpcodes.Dispatch,
      s: this.#sent.length + 1,
      t: event,
      d: structuredClone(data), // a replay shows what was, not what is
    };
    this.#sent.push(packet);
    this.connection?.send(packet);
  }

  replayAfter(sequence: number): void {
    for (const packet of this.#sent) if (packet.s > sequence) this.connection?.send(packet);
  }

  /** The last event of this kind once more, number and all. */
  repeat(event: string): void {
    const last = this.#sent.findLast(({ t }) => t === event);
    if (!last) throw new Error(`No ${event} was sent yet.`);
    this.connection?.send(last);
  }
}
