import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeRandomModel } from "../../../src/generate/random-model.ts";
import { openDeployment, serveInTurn } from "../../support/retrain/open-deployment.ts";
import { runLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { TINY } from "../../support/tiny-model.ts";

describe("lfz retrain --dry-run", () => {
  it("prints what it would run, from the champion or what would be it, and writes nothing", async () => {
    const cwd = temporaryFolder();
    const root = join(cwd, "experiments");
    const home = join(cwd, "var");
    for (const name of ["one", "two"]) await writeRandomModel(join(root, name), TINY, 1);
    const plan = async () => {
      const words = ["retrain", "--dry-run", "--minutes", "3", "--json", "--home", home];
      return (await runLfz(words, { cwd, env: { LFZ_ORIGINAL_DATA: "" } })).stderr;
    };

    const found = await plan();
    const folder = join(home, "jobs", "feedback");
    expect(found).toContain(`lfz feedback export --out ${folder}\n`);
    expect(found).toContain(`lfz finetune --from experiments/two --data ${folder}/`);
    expect(found).toContain("lfz judge experiments/NAME --against experiments/two ");
    expect(existsSync(home)).toBe(false);

    const bot = await openDeployment({ root, folder: home });
    await serveInTurn(bot, root, "two", "one");
    await bot.close();
    expect(await plan()).toContain(`lfz finetune --from ${join(root, "one")} `);
  });
});
