/** The bot in Discord: logs in, listens, and leaves orderly. */

import { Events, RESTEvents, Status, type Client } from "discord.js";

import type { Cards } from "../../chat/cards.ts";
import type { Bot, ChatPlatform, OnConnection } from "../../chat/platform.ts";
import { untilAborted } from "../../core/until-aborted.ts";
import type { Log } from "../../log.ts";
import { DiscordCards } from "./cards.ts";
import { createClient, type ClientSettings } from "./client.ts";
import { toSlashCommand } from "./commands.ts";
import { contextMenus } from "./context-menus.ts";
import type { Desk } from "./desk.ts";
import { listenToInteractions } from "./interactions.ts";
import { logIn, readApplicationId, untilLost } from "./log-in.ts";
import { listenToMessages } from "./messages.ts";
import { countHinderingChannels, inviteUrl, permissionsCommand } from "./permissions.ts";
import { listenToReactions } from "./reactions.ts";
import { persist } from "./refusals.ts";

/** How long coming in may take when the bot has to go, in milliseconds. */
const ENTERING_GRACE = 2000;

export interface DiscordOptions extends ClientSettings, Pick<Desk, "clock" | "log"> {
  readonly token: string;
}

export function discordPlatform(options: DiscordOptions): ChatPlatform & { readonly cards: Cards } {
  const cards = new DiscordCards();
  return {
    name: "discord",
    cards,
    async serve(bot, signal, onConnection) {
      if (signal.aborted) return;
      const client = createClient(options);
      const aborted = untilAborted(signal);
      watch(client, onConnection);
      logTroubles(client, options.log);
      const entered = enter(client, { bot, cards, ...options }, signal);
      try {
        await Promise.race([aborted, entered.then(({ lost }) => lost)]);
      } finally {
        // A client that is destroyed while it logs in goes on logging in.
        await Promise.race([Promise.allSettled([entered]), options.clock.sleep(ENTERING_GRACE)]);
        cards.serve(undefined);
        await client.destroy();
      }
    },
  };
}

interface Entrance extends DiscordOptions {
  readonly bot: Bot;
  readonly cards: DiscordCards;
}

/**
 * In: `lost` rejects when it is over for good.
 *
 * @throws HintedError if the bot may not come in.
 */
async function enter(
  client: Client,
  { token, bot, cards, clock, log }: Entrance,
  signal: AbortSignal,
): Promise<{ lost: Promise<never> }> {
  const lost = untilLost(client, await readApplicationId(client, token));
  signal.throwIfAborted();
  client.once(Events.ClientReady, (client) => {
    listen({ client, bot, clock, log });
    cards.serve({ client, clock, log });
  });
  const ready = await Promise.race([lost, logIn(client, token)]);
  await declareCommands({ client: ready, bot, clock, log });
  report(ready, log);
  return { lost };
}

function logTroubles(client: Client, log: Log): void {
  client.on(Events.Error, (error) => log.error("discord error", { error }));
  client.on(Events.ShardError, (error, shard) => log.warn("shard error", { shard, error }));
  client.rest.on(RESTEvents.RateLimited, ({ route, timeToReset }) =>
    log.info("rate limited", { route, waitMs: timeToReset }),
  );
}

/** A bot with several shards is connected when all of them are. */
function watch(client: Client, onConnection: OnConnection): void {
  const { ClientReady, ShardReady, ShardResume, ShardReconnecting } = Events;
  let wasWhole = false;
  const tell = () => {
    const isWhole = client.ws.shards.every(({ status }) => status === Status.Ready);
    if (isWhole !== wasWhole) onConnection(isWhole ? "connected" : "lost");
    wasWhole = isWhole;
  };
  client.on(ClientReady, tell);
  client.on(ShardReady, tell);
  client.on(ShardResume, tell);
  client.on(ShardReconnecting, tell);
}

/** In the moment it is ready, so that nothing is said unheard. */
function listen(desk: Desk): void {
  listenToMessages(desk);
  listenToReactions(desk);
  listenToInteractions(desk);
}

async function declareCommands({ client, bot, clock, log }: Desk): Promise<void> {
  const commands = [...bot.commands, permissionsCommand].map(toSlashCommand);
  try {
    await persist(() => client.application.commands.set([...commands, ...contextMenus]), clock);
  } catch (error) {
    log.error("commands not declared", { error }); // the bot can be talked to all the same
  }
}

function report(client: Client<true>, log: Log): void {
  const { user, guilds, ws } = client;
  log.info("discord ready", {
    bot: user.tag,
    servers: guilds.cache.size,
    shards: ws.shards.size,
    invite: inviteUrl(client),
  });
  const channels = countHinderingChannels(client);
  if (channels > 0) log.warn("permissions missing", { channels, hint: "/permissions names them" });
}
