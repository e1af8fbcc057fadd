/**
 * The environment, parsed once.
 *
 * Names, defaults and what each variable may hold; whoever starts something
 * is handed the typed record and never reads `process.env`. An empty variable
 * counts as not set, as in `PORT= npm start`.
 */

import { existsSync } from "node:fs";

import { z } from "zod";

import { HintedError } from "./core/errors.ts";

export const DEFAULT_PORT = 3000;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** What browsers and clients may send unharmed in a header. */
const PRINTABLE = /^[\x21-\x7e]+$/;

export const BotEnvironment = z
  .object({
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, "a whole number from 0 to 65535")
      .transform(Number)
      .refine((port) => port <= 65_535, "a whole number from 0 to 65535")
      .optional(),
    HOST: z.string().default("127.0.0.1"),
    LFZ_API_KEY: z.string().regex(PRINTABLE, "letters, digits and signs, no spaces").optional(),
    LFZ_MODEL: z.string().optional(),
    LFZ_HOME: z.string().default("./var"),
    LFZ_ORT: z.enum(["in-place", "binding"]).optional(),
    LFZ_LOG: z.enum(["debug", "info", "warn", "error"]).optional(),
  })
  .readonly();

export type BotEnvironment = z.infer<typeof BotEnvironment>;

/** @throws HintedError naming every variable that does not fit, and its value. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): BotEnvironment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = BotEnvironment.safeParse(given);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}=${isSecret(name) ? "(hidden)" : given[name]}: ${message}`;
  });
  throw new HintedError(`The environment does not fit: ${complaints.join("; ")}.`, {
    hint: "Correct it in .env or in the shell; .env.example explains every variable.",
    cause: parsed.error,
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
