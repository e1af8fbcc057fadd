/** The application itself: who it is, where its gateway is, which commands it declares. */

import { ApplicationFlags, GatewayIntentBits, type APIApplicationCommand } from "discord.js";
import { z } from "zod";

import { invalidForm } from "../api-error.ts";
import { Command } from "../command-rules.ts";
import type { Call, Pieces, Routes } from "./call.ts";

export function applicationRoutes(pieces: Pieces): Routes {
  const { world, gatewayUrl, recommendedShards } = pieces;
  const application = () => ({
    id: world.applicationId,
    name: "Zero",
    icon: null,
    description: "",
    summary: "",
    verify_key: "",
    bot_public: true,
    bot_require_code_grant: false,
    team: null,
    flags: flagsOf(pieces.grantedIntents),
    approximate_guild_count: world.guilds.size,
  });
  return {
    "GET /gateway/bot": () => ({
      url: gatewayUrl(),
      shards: recommendedShards,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 16 },
    }),
    "GET /users/@me": () => world.bot,
    "GET /users/:user": ({ part }) => world.users.get(part("user")),
    "GET /applications/@me": application,
    "GET /oauth2/applications/@me": application,
    "GET /applications/:application/commands": () => world.commands,
    "PUT /applications/:application/commands": (call) => overwriteCommands(call, pieces),
  };
}

/** A bot in few guilds has the limited kind of each privileged intent. */
function flagsOf(grantedIntents: number): number {
  const has = (intent: GatewayIntentBits) => (grantedIntents & intent) !== 0;
  return (
    (has(GatewayIntentBits.MessageContent) ? ApplicationFlags.GatewayMessageContentLimited : 0) |
    (has(GatewayIntentBits.GuildMembers) ? ApplicationFlags.GatewayGuildMembersLimited : 0)
  );
}

function overwriteCommands({ body }: Call, { world }: Pieces): object {
  const parsed = z.array(Command).safeParse(body);
  if (!parsed.success) throw invalidForm("0", "BASE_TYPE_INVALID", z.prettifyError(parsed.error));
  const commands = parsed.data.map((command) => ({
    default_member_permissions: null,
    ...command,
    id: world.nextId(),
    application_id: world.applicationId,
    version: "1",
  }));
  world.commands.splice(0, Infinity, ...(commands as unknown as APIApplicationCommand[])); // checked by Command
  return world.commands;
}
