/**
 * The client of discord.js as this bot wants it: which events it asks for,
 * how much it remembers, and that nothing it ever sends can ping anybody.
 */

import { Client, GatewayIntentBits, Options, Partials } from "discord.js";
import { Agent } from "undici";

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.MessageContent,
];

const HOUR = 3600; // in seconds, as the sweepers count

/**
 * Of the same undici as discord.js. Whoever is loaded first leaves its own for
 * all in the process, and the newer one of Slack's client takes no file of an
 * older one ("action is not a function").
 */
const agent = new Agent();

export interface ClientSettings {
  /** Another Discord: a proxy, or one made for tests. */
  readonly apiUrl?: string;
  /**
   * All shards live in this process: they cost a socket each, and the model,
   * which costs the memory, is loaded once. `auto` asks Discord how many.
   */
  readonly shards?: "auto" | number;
}

export function createClient({ apiUrl, shards = "auto" }: ClientSettings): Client {
  return new Client({
    intents: INTENTS,
    partials: [Partials.Channel], // direct messages come from channels nobody announced
    allowedMentions: { parse: [], repliedUser: false },
    enforceNonce: true, // a request that is repeated stays one message
    ...(shards === "auto" ? { shards } : { shardCount: shards }),
    rest: { agent, ...(apiUrl && { api: apiUrl }) },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 50,
      UserManager: { maxSize: 1000, keepOverLimit: isSelf },
      GuildMemberManager: { maxSize: 100, keepOverLimit: isSelf },
      ThreadMemberManager: { maxSize: 1, keepOverLimit: isSelf }, // which threads it was called into
      ReactionManager: 0,
      ReactionUserManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      GuildInviteManager: 0,
      GuildScheduledEventManager: 0,
      StageInstanceManager: 0,
      AutoModerationRuleManager: 0,
      EntitlementManager: 0,
    }),
    sweepers: {
      ...Options.DefaultSweeperSettings,
      messages: { interval: HOUR, lifetime: HOUR },
    },
  });
}

function isSelf({ id, client }: { readonly id: string; readonly client: Client }): boolean {
  return id === client.user?.id;
}
