/**
 * The one door for requests from Slack and for people who install the app.
 *
 * Bolt checks signatures and refuses old requests, but takes one from the
 * future; here that is refused too, before anything else looks at it.
 */

import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { HintedError } from "../../../core/errors.ts";

/** How far the clocks may be apart, in seconds; Bolt allows the past as much. */
const MOST_SKEW = 5 * 60;

export interface SlackServerOptions {
  readonly listener: RequestListener;
  readonly host: string;
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SlackServer {
  readonly url: string;
  close(): Promise<void>;
}

/** @throws HintedError if it cannot listen there */
export async function startSlackServer(options: SlackServerOptions): Promise<SlackServer> {
  const { listener, host, port, now } = options;
  const server = createServer((request, response) => {
    if (isFromTheFuture(request.headers["x-slack-request-timestamp"], now())) {
      response.writeHead(401).end();
      return;
    }
    try {
      listener(request, response);
    } catch {
      response.writeHead(404).end(); // Bolt's way to say that it knows no such path
    }
  });
  await listen(server, host, port);
  const address = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://${host}:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isFromTheFuture(seconds: string | string[] | undefined, now: number): boolean {
  return seconds !== undefined && Number(seconds) > now / 1000 + MOST_SKEW;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    throw new HintedError(`Slack's requests cannot be received on ${host} port ${port}.`, {
      hint: "Set SLACK_PORT to a free port.",
      cause,
    });
  }
}
