import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cleanBaseOf, taughtModels } from "../../../src/retrain/lineage.ts";
import type { Version } from "../../../src/retrain/registry-state.ts";
import { writeFamily } from "../../support/model-family.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function family() {
  const root = temporaryFolder();
  await writeFamily(root, [
    { name: "first", authors: [] },
    { name: "second", base: "first", authors: ["ann"] },
    { name: "third", base: "second", authors: ["ben"] },
  ]);
  return root;
}

const version = (folder: string, name: string): Version => ({
  name,
  folder: join(folder, name),
  manifest: "m",
  at: 0,
  from: "a test",
});

const at = (root: string, name: string) => ({ name, folder: join(root, name) });

describe("the models that a person taught", () => {
  it("are all that saw their words, through bases too, with the nearest that did not", async () => {
    const root = await family();
    const registry = { versions: [], champions: [version(root, "third")], trial: undefined };
    const models = taughtModels({ root, registry });
    expect(await models.taughtBy("ann")).toEqual([
      { name: "second", isServing: false, clean: at(root, "first") },
      { name: "third", isServing: true, clean: at(root, "first") },
    ]);
    expect(await models.taughtBy("ben")).toEqual([
      { name: "third", isServing: true, clean: at(root, "second") },
    ]);
    expect(await models.taughtBy("nobody")).toEqual([]);
  });

  it("are found where they lie elsewhere, and a canary is one that serves", async () => {
    const elsewhere = await family();
    const registry = {
      versions: [version(elsewhere, "second")],
      champions: [],
      trial: { name: "second", share: 10, since: 0 },
    };
    const models = taughtModels({ root: temporaryFolder(), registry });
    expect(await models.taughtBy("ann")).toEqual([
      { name: "second", isServing: true, clean: at(elsewhere, "first") },
    ]);
  });

  it("have no clean base where every ancestor that is here saw the person", async () => {
    const root = temporaryFolder();
    await writeFamily(root, [{ name: "only", base: "gone", authors: ["ann"] }]);
    expect(await cleanBaseOf(root, "only", "ann")).toBeUndefined();
  });
});
