import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  createExperiment,
  createNextExperiment,
  listExperiments,
} from "../../../../src/core/experiment/experiments.ts";
import { writeRunRecord } from "../../../../src/core/experiment/run-record.ts";
import { exampleRun } from "../../../support/example-run.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const date = new Date("2026-11-23T14:05:00Z");

describe("createExperiment", () => {
  it("makes the folder, and the root if need be", async () => {
    const root = join(temporaryFolder(), "experiments");
    expect(await createExperiment(root, "mine")).toBe(join(root, "mine"));
  });

  it("refuses a name that is taken and says how to go on", async () => {
    const root = temporaryFolder();
    await createExperiment(root, "mine");
    await expect(createExperiment(root, "mine")).rejects.toMatchObject({
      message: `There is already an experiment ${join(root, "mine")}.`,
      hint: "Continue it with --resume mine, or choose another --name.",
    });
  });

  it("gives a name to one of two who ask at once", async () => {
    const root = temporaryFolder();
    const both = await Promise.allSettled([1, 2].map(() => createExperiment(root, "mine")));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it.each(["", ".", "..", "../up", "a/b", "a b", ".cache", "-x", "a\nb", "a".repeat(101)])(
    "refuses the name %j",
    async (name) => {
      await expect(createExperiment(temporaryFolder(), name)).rejects.toThrow(/cannot be the name/);
    },
  );
});

describe("createNextExperiment", () => {
  it("counts the runs of a day", async () => {
    const root = temporaryFolder();
    const next = () => createNextExperiment(root, { date, preset: "mini" });
    const names = [await next(), await next()].map(({ name }) => name);
    expect(names).toEqual(["2026-11-23-mini-1", "2026-11-23-mini-2"]);
  });

  it("never gives one name twice", async () => {
    const root = temporaryFolder();
    const five = Array.from({ length: 5 }, () =>
      createNextExperiment(root, { date, preset: "mini" }),
    );
    const names = (await Promise.all(five)).map(({ name }) => name);
    expect(new Set(names).size).toBe(5);
  });
});

describe("listExperiments", () => {
  it("lists records in the order of their names, and says what cannot be read", async () => {
    const root = temporaryFolder();
    await writeRunRecord(join(root, "b"), exampleRun());
    await mkdir(join(root, "a"));
    await mkdir(join(root, ".cache"));
    await writeFile(join(root, "LOG.md"), "");
    const [a, b, ...more] = await listExperiments(root);
    expect(a).toMatchObject({ name: "a", run: { name: "HintedError" } });
    expect(b).toMatchObject({ name: "b", run: exampleRun() });
    expect(more).toEqual([]);
  });

  it("finds none where there is no root", async () => {
    expect(await listExperiments(join(temporaryFolder(), "none"))).toEqual([]);
  });
});
