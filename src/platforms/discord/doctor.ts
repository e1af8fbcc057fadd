/** What `lfz doctor` asks about Discord: the token, the intent, and where the bot is. */

import {
  ApplicationFlags,
  ApplicationFlagsBitField,
  DiscordAPIError,
  REST,
  Routes,
  type RESTGetCurrentApplicationResult,
} from "discord.js";

import { failed, ok, warning, type Check } from "../../doctor/check.ts";
import { missingIntent, wrongToken } from "./log-in.ts";

export interface DoctorSettings {
  readonly token: string;
  readonly apiUrl?: string | undefined;
}

export function discordChecks({ token, apiUrl }: DoctorSettings): Check[] {
  const rest = new REST(apiUrl ? { api: apiUrl } : {}).setToken(token);
  const application = async (signal: AbortSignal) =>
    (await rest.get(Routes.currentApplication(), { signal })) as RESTGetCurrentApplicationResult; // the route promises it
  return [
    {
      name: "Discord token",
      async run(signal) {
        try {
          const { name, approximate_guild_count: servers = 0 } = await application(signal);
          const words = `${name}, in ${servers} ${servers === 1 ? "server" : "servers"}`;
          return servers > 0 ? ok(words) : warning(words, INVITE);
        } catch (error) {
          if (!(error instanceof DiscordAPIError)) throw error;
          const { message, hint } = wrongToken(error);
          return failed(message, hint);
        }
      },
    },
    {
      name: "Discord intent",
      async run(signal) {
        const { id, flags } = await application(signal);
        if (new ApplicationFlagsBitField(flags).any(MAY_READ)) return ok("messages can be read");
        const { message, hint } = missingIntent(id);
        return failed(message, hint);
      },
    },
  ];
}

const INVITE = "Start the bot: its log has the link that invites it to a server.";

/** A bot in few servers, and one that Discord has verified. */
const MAY_READ =
  ApplicationFlags.GatewayMessageContentLimited | ApplicationFlags.GatewayMessageContent;
