/** What `lfz doctor` asks about Discord: the token, the intent, and where the bot is. */

import {
  ApplicationFlags,
  ApplicationFlagsBitField,
  REST,
  Routes,
  type RESTGetCurrentApplicationResult,
} from "discord.js";

import { failed, ok, warning, type Check } from "../../doctor/check.ts";
import { missingIntent, whyNotTold } from "./log-in.ts";

export interface DoctorSettings {
  readonly token: string;
  readonly apiUrl?: string | undefined;
}

export function discordChecks({ token, apiUrl }: DoctorSettings): Check[] {
  const application = async (signal: AbortSignal) => {
    const rest = new REST(apiUrl ? { api: apiUrl } : {}).setToken(token); // one that met a wrong token drops it
    try {
      const found = await rest.get(Routes.currentApplication(), { signal });
      return found as RESTGetCurrentApplicationResult; // the route promises it
    } catch (cause) {
      throw whyNotTold(cause);
    }
  };
  return [
    {
      name: "Discord token",
      async run(signal) {
        const { name, approximate_guild_count: servers = 0 } = await application(signal);
        const words = `${name}, in ${servers} ${servers === 1 ? "server" : "servers"}`;
        return servers > 0 ? ok(words) : warning(words, INVITE);
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
