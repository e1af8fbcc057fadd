import { readFile, readdir } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import {
  parseRunRecord,
  readRunRecord,
  runRecordPath,
  writeRunRecord,
} from "../../../../src/core/experiment/run-record.ts";
import { exampleFigures, exampleRun } from "../../../support/example-run.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

describe("run.json", () => {
  it("reads back what it wrote", async () => {
    const folder = temporaryFolder();
    const run = exampleRun({ base: { name: "SmolLM2", sha256: "d".repeat(64) }, git: null });
    await writeRunRecord(folder, run);
    expect(await readRunRecord(folder)).toEqual(run);
  });

  it("keeps a figure that is no number", async () => {
    const folder = temporaryFolder();
    const test = { ...exampleFigures(3), loss: NaN, perplexity: Infinity };
    await writeRunRecord(folder, exampleRun({ results: { test } }));
    expect(await readFile(runRecordPath(folder), "utf8")).toMatch(/"loss": null/);
    expect((await readRunRecord(folder)).results.test?.loss).toBeNaN();
  });

  it("writes nothing that it could not read again", async () => {
    const folder = temporaryFolder();
    const files = { "config.json": { sha256: "no hash", bytes: 3 } };
    await expect(writeRunRecord(folder, exampleRun({ files }))).rejects.toThrow(/SHA-256/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("names the field that is wrong", () => {
    const broken = JSON.stringify({ ...exampleRun(), status: "asleep" });
    expect(() => parseRunRecord(broken, "run.json")).toThrow(/run\.json is damaged: status: /);
    const odd = JSON.stringify(exampleRun({ name: "../up" }));
    expect(() => parseRunRecord(odd, "run.json")).toThrow(/name: not a name an experiment/);
  });
});
