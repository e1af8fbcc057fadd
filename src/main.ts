/**
 * The composition root of the bot: engine and platforms, put together and
 * taken apart again. Everything it needs is handed in; the only thing it
 * decides is the order.
 */

import { DEFAULT_PORT } from "./config.ts";
import { HintedError } from "./core/errors.ts";
import type { Engine } from "./generate/types.ts";
import type { Log } from "./log.ts";
import { engineSourceOf } from "./platforms/web/engine-source.ts";
import { startWebServer, type WebOptions, type WebServer } from "./platforms/web/server.ts";

/** How many ports are tried, one after the other, where none was asked for. */
const PORTS_TO_TRY = 20;

/** How long the engine may take to end, in milliseconds. */
const ENGINE_GRACE = 4000;

export interface BotOptions {
  readonly host: string;
  /** Left out, the first free port from 3000 on is taken. */
  readonly port?: number;
  readonly apiKey?: string;
  readonly startEngine: () => Promise<Engine>;
  readonly log: Log;
}

export interface Bot {
  /** The web page; it answers from now on, while the model is still loading. */
  readonly url: string;
  /** Settles when the model can answer, rejects with why it cannot. */
  readonly engine: Promise<Engine>;
  close(): Promise<void>;
}

/** @throws HintedError if it cannot listen where it was told to. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { host, apiKey, log } = options;
  const loading = laterOf<Engine>();
  const source = engineSourceOf(loading.promise);
  const web = await listen({ host, apiKey, log, source }, options.port);
  log.info("listening", { url: web.url });
  // The model is only touched once the page can answer, so that the wait has a face.
  loading.follow(options.startEngine());
  return { url: web.url, engine: source.engine, close: () => closeBot(web, source.engine) };
}

async function closeBot(web: WebServer, loading: Promise<Engine>): Promise<void> {
  await web.close();
  const engine = await orTimeout(
    loading.catch(() => undefined), // it was reported where it was awaited
    ENGINE_GRACE,
  );
  if (engine) await orTimeout(engine.close(), ENGINE_GRACE);
}

async function listen(options: Omit<WebOptions, "port">, asked?: number): Promise<WebServer> {
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

/** A promise that starts before what it waits for. */
function laterOf<T>(): { promise: Promise<T>; follow: (source: Promise<T>) => void } {
  const settle: { follow?: (source: Promise<T>) => void } = {};
  const promise = new Promise<T>((resolve) => {
    settle.follow = resolve;
  });
  return { promise, follow: (source) => settle.follow?.(source) };
}

async function orTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
