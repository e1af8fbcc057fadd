/** `lfz --help`, the README and the commands themselves tell the same story. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { commands as botCommands } from "../../src/commands/index.ts";
import { helpOf } from "../../src/core/cli/command-help.ts";
import { packageFolder } from "../../src/core/package.ts";
import { helpOfAll } from "../../src/help.ts";
import { SHOWN_VERBS, VERBS } from "../../src/verbs.ts";
import { commands as trainerCommands } from "../../trainer/commands/index.ts";

const entries = [...botCommands, ...trainerCommands];

describe("lfz --help", () => {
  it("lists exactly what there is", () => {
    expect(VERBS.map(({ name }) => name).sort()).toEqual(entries.map(({ name }) => name).sort());
  });

  it.each(entries)("says of $name what the command says of itself", async ({ name, load }) => {
    const { summary, ...command } = await load();
    expect(command.name).toBe(name);
    expect(summary).toBe(VERBS.find((verb) => verb.name === name)?.summary);
  });

  it("fits 80 columns, and so does the help of every verb", async () => {
    const helps = await Promise.all(entries.map(async ({ load }) => helpOf(await load())));
    for (const line of [helpOfAll(), ...helps].flatMap((help) => help.split("\n"))) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it("describes every flag of every verb", async () => {
    const bare: string[] = [];
    for (const { name, load } of entries) {
      for (const [flag, schema] of Object.entries((await load()).flags.shape)) {
        if (!schema.description) bare.push(`${name}: ${flag}`);
      }
    }
    expect(bare).toEqual([]);
  });
});

describe("README.md", () => {
  it("lists the same commands", async () => {
    const readme = await readFile(join(packageFolder, "README.md"), "utf8");
    const rows = SHOWN_VERBS.map(({ name, summary }) => `| \`lfz ${name}\` | ${summary} |`);
    const listed = readme.split("\n").filter((line) => line.startsWith("| `lfz "));
    expect(listed.map((line) => line.replace(/\s+/g, " "))).toEqual(rows);
  });
});
