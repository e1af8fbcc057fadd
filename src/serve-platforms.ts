/**
 * The platforms of a bot: each served and begun again by itself, all of them
 * watched from here.
 *
 * Knows who is connected, and whether one of them is given up.
 */

import type { Clock } from "./chat/clock.ts";
import type { Bot, ChatPlatform } from "./chat/platform.ts";
import type { Log } from "./log.ts";
import { supervise } from "./supervise.ts";

export interface ServeOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** A platform failed and begins again. */
  readonly onFailure: (platform: string) => void;
}

export interface ServedPlatforms {
  readonly isConnected: () => Readonly<Record<string, boolean>>;
  /** Resolves once each has been connected or lost for the first time. */
  readonly settled: Promise<void>;
  /** Never resolves; rejects with a HintedError if one of them needs a person. */
  readonly failed: Promise<never>;
  /** Tells all to leave, and resolves when they have. */
  readonly close: () => Promise<void>;
}

export function servePlatforms(
  platforms: readonly ChatPlatform[],
  bot: Bot,
  options: ServeOptions,
): ServedPlatforms {
  const stop = new AbortController();
  const served = platforms.map((platform) => servePlatform(platform, bot, stop.signal, options));
  const ended = Promise.allSettled(served.map(({ done }) => done));
  const failed = failureAmong(served.map(({ done }) => done));
  failed.catch(() => undefined); // also where nobody waits for it
  return {
    isConnected: () => Object.fromEntries(served.map(({ name, isUp }) => [name, isUp()])),
    settled: Promise.all(served.map(({ settled }) => settled)).then(() => undefined),
    failed,
    async close() {
      stop.abort();
      await ended;
    },
  };
}

function servePlatform(
  platform: ChatPlatform,
  bot: Bot,
  signal: AbortSignal,
  { log, clock, onFailure }: ServeOptions,
) {
  const { name } = platform;
  let isUp = false;
  let settle: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const become = (isNowUp: boolean) => {
    if (isUp !== isNowUp) log.info(isNowUp ? "connected" : "disconnected", { platform: name });
    isUp = isNowUp;
    settle();
  };
  const serve = (signal: AbortSignal) =>
    platform.serve(bot, signal, (connection) => become(connection === "connected"));
  const lost = () => {
    become(false);
    onFailure(name);
  };
  const done = supervise(serve, signal, { name, log, clock, onFailure: lost }).finally(() =>
    become(false),
  );
  return { name, isUp: () => isUp, settled, done };
}

/** An end that was asked for is none. */
function failureAmong(done: readonly Promise<void>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const one of done) one.catch(reject);
  });
}
