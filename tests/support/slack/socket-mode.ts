/**
 * Socket Mode: `apps.connections.open` gives a ticket, the ticket opens one
 * WebSocket, envelopes go out on any of them and are acknowledged on any.
 */

import type { IncomingMessage, Server } from "node:http";

import { WebSocket, WebSocketServer } from "ws";

import type { AppIdentity } from "./app-identity.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import type { World } from "./world.ts";

export interface SocketMode {
  /** How many connections are open. */
  readonly connections: number;
  /** Every connection there ever was. */
  readonly opened: number;
  /** A single-use address for one connection. */
  openTicket(origin: string): string;
  /** Asks the app to connect anew, as Slack does every few hours. */
  disconnect(reason: "warning" | "refresh_requested"): void;
  /** Cuts every connection without a word. */
  drop(): void;
  close(): void;
}

export interface SocketModeOptions {
  readonly app: AppIdentity;
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly server: Server;
}

interface Acknowledgement {
  readonly envelope_id: string;
  readonly payload?: unknown;
}

export function createSocketMode({
  app,
  world,
  deliveries,
  server,
}: SocketModeOptions): SocketMode {
  const sockets = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const ready: WebSocket[] = [];
  let opened = 0;
  let tickets_ = 0;

  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    const ticket = new URL(request.url ?? "/", "http://slack").searchParams.get("ticket") ?? "";
    if (!tickets.delete(ticket)) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (connection) => greet(connection));
  });
  const greet = (connection: WebSocket) => {
    connection.on("message", (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as Acknowledgement;
      deliveries.acknowledge(id, payload);
    });
    connection.on("close", () => {
      const at = ready.indexOf(connection);
      if (at >= 0) ready.splice(at, 1);
      world.changes.happened();
    });
    opened++;
    ready.unshift(connection); // the newest is asked first
    connection.send(JSON.stringify(helloFor(app, ready.length)));
    deliveries.resume("timeout");
    world.changes.happened();
  };
  deliveries.addTransport({
    isOpen: () => ready.some(isOpen),
    send: (delivery) => ready.find(isOpen)?.send(JSON.stringify(envelopeOf(delivery))),
  });

  return {
    get connections() {
      return ready.length;
    },
    get opened() {
      return opened;
    },
    openTicket(origin) {
      const ticket = `ticket-${++tickets_}`;
      tickets.add(ticket);
      return `${origin.replace("http", "ws")}/link/?ticket=${ticket}&app_id=${app.appId}`;
    },
    disconnect(reason) {
      const goodbye = JSON.stringify({
        type: "disconnect",
        reason,
        debug_info: { host: "applink" },
      });
      for (const connection of ready) connection.send(goodbye);
    },
    drop() {
      for (const connection of ready.slice()) connection.terminate();
    },
    close() {
      for (const connection of sockets.clients) connection.terminate();
      sockets.close();
    },
  };
}

function isOpen(connection: WebSocket): boolean {
  return connection.readyState === WebSocket.OPEN;
}

function helloFor(app: AppIdentity, connections: number): unknown {
  return {
    type: "hello",
    num_connections: connections,
    debug_info: { host: "applink", build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: app.appId },
  };
}

function envelopeOf({ envelopeId, kind, payload, attempts, retryReason }: Delivery): unknown {
  const retry =
    kind === "events_api" ? { retry_attempt: attempts - 1, retry_reason: retryReason ?? "" } : {};
  return {
    envelope_id: envelopeId,
    type: kind,
    accepts_response_payload: kind !== "events_api",
    payload,
    ...retry,
  };
}
