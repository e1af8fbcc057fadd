/**
 * The environment, parsed once.
 *
 * Names, defaults and what each variable may hold; whoever starts something
 * is handed the typed record and never reads `process.env`. An empty variable
 * counts as not set, as in `PORT= npm start`.
 */

import { existsSync } from "node:fs";

import { z } from "zod";

import type { AdminId } from "./chat/people.ts";
import { HintedError } from "./core/errors.ts";

export const DEFAULT_PORT = 3000;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

const port = z
  .string()
  .regex(/^\d{1,5}$/, "a whole number from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "a whole number from 0 to 65535")
  .optional();

/** What browsers and clients may send unharmed in a header. */
const secret = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "letters, digits and signs, no spaces")
  .regex(/^[^"'`]+$/, "it holds a quotation mark: paste the value alone");

const address = z.url({
  protocol: /^https?$/,
  error: "an address that begins with http:// or https://",
});

const tokenOf = (prefix: string) =>
  secret.startsWith(prefix, `it begins with ${prefix}: is this another of your tokens?`).optional();

const admins = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  )
  .pipe(
    z.array(
      z
        .string()
        .regex(/^(discord:\d+|slack:[A-Z0-9]+)$/, "a list like discord:1122334455,slack:U012AB3CD")
        .transform((entry) => {
          const [platform, id = ""] = entry.split(":");
          return { platform, id } as AdminId; // the pattern above allows no other
        }),
    ),
  )
  .readonly()
  .default([]);

const files = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((file) => file.trim())
      .filter((file) => file !== ""),
  )
  .readonly()
  .default([]);

export const BotEnvironment = z
  .object({
    PORT: port,
    HOST: z.string().default("127.0.0.1"),
    LFZ_API_KEY: secret.optional(),
    LFZ_MODEL: z.string().optional(),
    LFZ_HOME: z.string().default("./var"),
    LFZ_ORIGINAL_DATA: files,
    LFZ_RETENTION_DAYS: z
      .string()
      .regex(/^[1-9]\d{0,3}$/, "a number of days from 1 to 9999")
      .transform(Number)
      .default(180),
    LFZ_ORT: z.enum(["in-place", "binding"]).optional(),
    LFZ_LOG: z.enum(["debug", "info", "warn", "error"]).optional(),
    LFZ_ADMINS: admins,
    LFZ_TWO_ADMINS: z
      .enum(["yes", "no"])
      .default("no")
      .transform((word) => word === "yes"),
    DISCORD_TOKEN: secret.optional(),
    DISCORD_API_URL: address.optional(),
    DISCORD_SHARDS: z
      .union(
        [
          z.literal("auto"),
          z
            .string()
            .regex(/^[1-9]\d{0,3}$/)
            .transform(Number),
        ],
        {
          error: "auto, or a number from 1 on",
        },
      )
      .optional(),
    SLACK_BOT_TOKEN: tokenOf("xoxb-"),
    SLACK_APP_TOKEN: tokenOf("xapp-"),
    SLACK_SIGNING_SECRET: secret.optional(),
    SLACK_API_URL: address.optional(),
    SLACK_PORT: port,
    SLACK_CLIENT_ID: z
      .string()
      .regex(/^[\w.-]+$/, "digits and dots, as Slack shows it")
      .optional(),
    SLACK_CLIENT_SECRET: secret.optional(),
    SLACK_STATE_SECRET: secret.optional(),
    SLACK_STORE_KEY: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, "64 hexadecimal digits, as `openssl rand -hex 32` gives them")
      .optional(),
  })
  .readonly();

export type BotEnvironment = z.infer<typeof BotEnvironment>;

/** @throws HintedError naming every variable that does not fit or is missing; values of secrets are never shown. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): BotEnvironment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = BotEnvironment.safeParse(given);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}=${isSecret(name) ? "(hidden)" : given[name]}: ${message}`;
    });
    throw unfit(complaints, parsed.error);
  }
  const missing = missingFor(parsed.data);
  if (missing.length > 0) throw unfit(missing);
  return parsed.data;
}

/** What an app for several workspaces needs: to ask for its installation, and to keep their tokens encrypted. */
const INSTALLATION = [
  "SLACK_CLIENT_ID",
  "SLACK_CLIENT_SECRET",
  "SLACK_STATE_SECRET",
  "SLACK_STORE_KEY",
] as const;

/** Slack needs to know who the bot is, and how events come; each complaint says what is set and what is not. */
function missingFor(environment: BotEnvironment): string[] {
  const isSet = (name: keyof BotEnvironment) => environment[name] !== undefined;
  const several = INSTALLATION.filter(isSet);
  const lacking = INSTALLATION.filter((name) => !isSet(name));
  const who = isSet("SLACK_BOT_TOKEN") ? "SLACK_BOT_TOKEN" : several.join(", ");
  const how = ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"].find((name) => name in environment);
  const complaints = [
    several[0] && lacking[0] && `${several.join(", ")} without ${lacking.join(", ")}`,
    isSet("SLACK_BOT_TOKEN") &&
      several[0] &&
      `SLACK_BOT_TOKEN is for one workspace and ${several[0]} for several: set one of them`,
    who && !how && `${who} without SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)`,
    how && !who && `${how} without SLACK_BOT_TOKEN`,
  ];
  return complaints.filter((complaint) => typeof complaint === "string").filter(Boolean);
}

function unfit(complaints: readonly string[], cause?: unknown): HintedError {
  return new HintedError(`The environment does not fit: ${complaints.join("; ")}.`, {
    hint: "Correct it in .env or in the shell; .env.example explains every variable.",
    cause,
  });
}

/**
 * Puts what `.env` says into the environment of this process, where workers
 * and child processes find it too. Variables set in the shell win.
 */
export function loadDotEnv(file = ".env"): void {
  if (existsSync(file)) process.loadEnvFile(file);
}

/**
 * @throws HintedError if the model would stand open to a whole network: other
 * machines may only ask with a key.
 */
export function requireSafeHost(host: string, apiKey: string | undefined): void {
  if (LOOPBACK.has(host) || apiKey) return;
  throw new HintedError(`HOST ${host} lets other machines in, and there is no key to ask for.`, {
    hint: "Set LFZ_API_KEY to a long random text, or stay on 127.0.0.1.",
  });
}

/** Values that must never stand in a log. */
export function secretsOf(environment: BotEnvironment): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    isSecret(name) && typeof value === "string" ? [value] : [],
  );
}

function isSecret(name: string): boolean {
  return /TOKEN|KEY|SECRET/.test(name);
}
