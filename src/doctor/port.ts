/** Can the web page listen? */

import { once } from "node:events";
import { createServer } from "node:net";

import { DEFAULT_PORT } from "../config.ts";
import { lockOwner } from "../core/lock.ts";
import { failed, ok, type Check, type CheckResult } from "./check.ts";

export interface PortCheckOptions {
  readonly host: string;
  /** As in the environment; left out, the bot takes the first free one. */
  readonly port: number | undefined;
  readonly home: string;
}

export function portCheck({ host, port, home }: PortCheckOptions): Check {
  return {
    name: "Port",
    async run(): Promise<CheckResult> {
      const wanted = port ?? DEFAULT_PORT;
      const trouble = await whyNotListen(host, wanted);
      if (trouble === undefined) return ok(`${wanted} is free on ${host}`);
      const owner = trouble === "EADDRINUSE" ? await lockOwner(home) : undefined;
      if (owner !== undefined) return ok(`${wanted} is taken; the bot runs as process ${owner}`);
      if (trouble === "EADDRINUSE" && port === undefined) {
        return ok(`${wanted} is taken: the bot will take the next free one`);
      }
      return failed(
        trouble === "EADDRINUSE"
          ? `another program listens on ${host} port ${wanted}`
          : `${host} port ${wanted} cannot be listened on (${trouble})`,
        "Set PORT to a free port from 1024 on, and HOST to an address of this machine.",
      );
    },
  };
}

/** The code of the error; nothing if it can. */
async function whyNotListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown"; // what `listen` emits has one
  } finally {
    server.close();
  }
}
