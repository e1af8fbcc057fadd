/** `lfz experiments versions`: what the bot's registry knows, whether it runs or not. */

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { roleOf, type VersionSummary } from "../chat/models.ts";
import { defineCommand } from "../core/cli/command.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { readRegistry } from "../retrain/open-registry.ts";
import { summarise } from "../retrain/summaries.ts";

export const experimentsVersions = defineCommand({
  name: "experiments versions",
  summary: "List the versions of the bot's model: who serves",
  usage: "",
  flags: z.strictObject({}),
  async run(_, { console }) {
    loadDotEnv();
    const state = await readRegistry(readEnvironment(process.env).LFZ_HOME);
    const champion = state.champions.at(-1);
    const versions = await summarise(state, { root: EXPERIMENTS_ROOT, serving: champion });
    const width = Math.max(...versions.map(({ name }) => name.length));
    for (const version of versions) console.print(lineOf(version, width));
    if (versions.length === 0) console.print("There is none yet: `lfz train` makes one.");
    return { versions };
  },
});

function lineOf(version: VersionSummary, width: number): string {
  const { name, bitsPerByte, judged, remark } = version;
  const facts = [
    roleOf(version),
    bitsPerByte === undefined ? undefined : `${bitsPerByte.toFixed(3)} bits a byte`,
    judged,
    remark,
  ];
  return [name.padEnd(width), ...facts.filter((fact) => fact !== undefined)].join("  ");
}
