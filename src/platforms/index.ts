/**
 * The chat services that the bot can join. A new one is a folder beside this
 * file and a line here; its code is read only where its tokens are set.
 */

import type { BotEnvironment } from "../config.ts";
import type { Clock } from "../chat/clock.ts";
import type { ChatPlatform } from "../chat/platform.ts";
import type { Log } from "../log.ts";
import type { Home } from "../state/home.ts";

/** What a platform may need to come up. */
export interface PlatformContext {
  readonly environment: BotEnvironment;
  readonly home: Home;
  readonly clock: Clock;
  readonly log: Log;
}

interface PlatformEntry {
  readonly isConfigured: (environment: BotEnvironment) => boolean;
  readonly load: (context: PlatformContext) => Promise<ChatPlatform>;
}

const PLATFORMS: readonly PlatformEntry[] = [
  {
    isConfigured: ({ DISCORD_TOKEN }) => DISCORD_TOKEN !== undefined,
    load: async ({ environment, clock, log }) => {
      const { discordPlatform } = await import("./discord/discord-platform.ts");
      return discordPlatform({
        token: environment.DISCORD_TOKEN ?? "",
        apiUrl: environment.DISCORD_API_URL,
        shards: environment.DISCORD_SHARDS,
        clock,
        log,
      });
    },
  },
  {
    isConfigured: ({ SLACK_BOT_TOKEN, SLACK_CLIENT_ID }) =>
      (SLACK_BOT_TOKEN ?? SLACK_CLIENT_ID) !== undefined,
    load: async (context) => (await import("./slack/load.ts")).loadSlack(context),
  },
];

/** The platforms whose tokens are set, in the order of the list. */
export async function loadPlatforms(context: PlatformContext): Promise<ChatPlatform[]> {
  const wanted = PLATFORMS.filter(({ isConfigured }) => isConfigured(context.environment));
  return Promise.all(wanted.map(({ load }) => load(context)));
}
