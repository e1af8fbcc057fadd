/**
 * `lfz doctor`: what is wrong here, and what to do about it.
 *
 * Asks everything that `lfz start` relies on, writes nothing, and shows no
 * secret.
 */

import { z } from "zod";

import { loadDotEnv, readEnvironment, secretsOf, type BotEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { HintedError } from "../core/errors.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { redactorOf } from "../core/secrets.ts";
import { runChecks, type Check, type Finding } from "../doctor/check.ts";
import { diskCheck } from "../doctor/disk.ts";
import { environmentCheck } from "../doctor/environment.ts";
import { homeCheck } from "../doctor/home.ts";
import { machineCheck } from "../doctor/machine.ts";
import { modelCheck } from "../doctor/model.ts";
import { portCheck } from "../doctor/port.ts";
import { versionsCheck } from "../doctor/versions.ts";
import { startEngine } from "../generate/start-engine.ts";
import { readChampion } from "../retrain/open-registry.ts";

const SIGNS: Readonly<Record<Finding["result"], string>> = { ok: "✓", warning: "!", failed: "✗" };

/** Checks that the platforms bring, for those whose tokens are set. A new one is a line here. */
const PLATFORM_CHECKS: readonly ((environment: BotEnvironment) => Promise<readonly Check[]>)[] = [
  async ({ DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl }) =>
    token ? (await import("../platforms/discord/doctor.ts")).discordChecks({ token, apiUrl }) : [],
  async (environment) => (await import("../platforms/slack/doctor.ts")).slackChecks(environment),
];

export const doctor = defineCommand({
  name: "doctor",
  summary: "Look for what is wrong here, and say how to mend it",
  usage: "[--model DIR]",
  flags: z.strictObject({
    model: z
      .string()
      .optional()
      .describe("folder or experiment; LFZ_MODEL, or the champion of those promoted"),
  }),
  examples: ["lfz doctor", "lfz doctor --json"],

  async run({ model }, { console, signal, fail }) {
    loadDotEnv();
    const environment = fittingEnvironment(process.env);
    const redact = redactorOf(environment ? secretsOf(environment) : []);
    const findings: Finding[] = [];
    for await (const finding of runChecks(await checksFor(environment, model), { signal })) {
      const shown = withoutSecrets(finding, redact);
      findings.push(shown);
      console.print(linesOf(shown));
    }
    const failures = findings.filter(({ result }) => result === "failed").length;
    if (failures > 0) fail();
    return { ok: failures === 0, checks: findings };
  },
});

/** Nothing if the variables do not fit: a check says so in its own words. */
function fittingEnvironment(env: NodeJS.ProcessEnv): BotEnvironment | undefined {
  try {
    return readEnvironment(env);
  } catch (error) {
    if (error instanceof HintedError) return undefined;
    throw error;
  }
}

/** Without an environment that fits nobody knows which folder, port or token is meant. */
async function checksFor(
  environment: BotEnvironment | undefined,
  model: string | undefined,
): Promise<Check[]> {
  const always = [versionsCheck(), machineCheck(), environmentCheck(process.env)];
  if (!environment) return always;
  const { HOST: host, PORT: port, LFZ_HOME: home } = environment;
  const ofPlatforms = await Promise.all(PLATFORM_CHECKS.map((checks) => checks(environment)));
  return [
    ...always,
    homeCheck(home),
    diskCheck(home),
    diskCheck(EXPERIMENTS_ROOT),
    portCheck({ host, port, home }),
    modelCheck({
      named: model,
      environment,
      startEngine,
      champion: async () => (await readChampion(home))?.folder,
    }),
    ...ofPlatforms.flat(),
  ];
}

function withoutSecrets(finding: Finding, redact: (text: string) => string): Finding {
  const words = redact(finding.words);
  return finding.result === "ok"
    ? { ...finding, words }
    : { ...finding, words, hint: redact(finding.hint) };
}

function linesOf({ name, result, words, hint }: Finding): string {
  const line = `${SIGNS[result]} ${name}: ${words}`;
  return hint === undefined ? line : `${line}\n  → ${hint}`;
}
