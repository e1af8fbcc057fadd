/** Where the web page listens: where it was told to, or at the first port that is free. */

import { DEFAULT_PORT } from "./config.ts";
import { HintedError } from "./core/errors.ts";
import { startWebServer, type WebOptions, type WebServer } from "./platforms/web/server.ts";

/** How many ports are tried, one after the other, where none was asked for. */
const PORTS_TO_TRY = 20;

/** @throws HintedError if it cannot listen there. */
export async function listen(
  options: Omit<WebOptions, "port">,
  asked?: number,
): Promise<WebServer> {
  if (asked !== undefined) return listenAt({ ...options, port: asked });
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TO_TRY - 1; port++) {
    try {
      return await startWebServer({ ...options, port });
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE") break; // the next port would fail the same way
    }
  }
  return listenAt({ ...options, port: DEFAULT_PORT + PORTS_TO_TRY - 1 });
}

async function listenAt(options: WebOptions): Promise<WebServer> {
  const { host, port } = options;
  try {
    return await startWebServer(options);
  } catch (cause) {
    const problems: Record<string, { words: string; hint: string }> = {
      EADDRINUSE: {
        words: "another program listens there",
        hint: "Choose another port with --port, or leave it out to take the next free one.",
      },
      EACCES: {
        words: "permission denied",
        hint: "Choose a port from 1024 on with --port.",
      },
      EADDRNOTAVAIL: {
        words: "this machine has no such address",
        hint: "Leave --host out, or set it to an address of this machine.",
      },
      ENOTFOUND: {
        words: "there is no such host",
        hint: "Leave --host out, or set it to an address of this machine.",
      },
    };
    const problem = problems[codeOf(cause) ?? ""];
    if (!problem) throw cause;
    throw new HintedError(`Cannot listen on ${host} port ${port}: ${problem.words}.`, {
      hint: problem.hint,
      cause,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
