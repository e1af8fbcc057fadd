import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeRunRecord, type RunRecord } from "../../../src/core/experiment/run-record.ts";
import { findModel } from "../../../src/generate/find-model.ts";
import { exampleRun } from "../../support/example-run.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const SERVABLE = { "onnx/model.onnx": { sha256: "0".repeat(64), bytes: 1 } };

describe("which model is meant", () => {
  it("is the one that is named, then the one in the environment", async () => {
    const environment = { LFZ_MODEL: "from/environment" };
    expect(await findModel({ named: "a/folder", environment })).toBe("a/folder");
    expect(await findModel({ environment })).toBe("from/environment");
  });

  it("may be named by its experiment alone", async () => {
    const root = temporaryFolder();
    const folder = await experiment(root, "mine", {});
    expect(await findModel({ named: "mine", environment: {}, root })).toBe(folder);
  });

  it("is the experiment that finished last, not the starter", async () => {
    const root = temporaryFolder();
    await experiment(root, "starter", { finished: "2026-11-25T00:00:00.000Z" });
    await experiment(root, "z-older", { finished: "2026-11-20T00:00:00.000Z" });
    const newest = await experiment(root, "a-newer", { finished: "2026-11-21T00:00:00.000Z" });
    expect(await findModel({ environment: {}, root })).toBe(newest);
  });

  it("is the starter while every other experiment runs, failed or has no export", async () => {
    const root = temporaryFolder();
    const starter = await experiment(root, "starter", {});
    await experiment(root, "a", { status: "running", finished: null });
    await experiment(root, "b", { status: "failed" });
    await experiment(root, "c", { files: {} });
    mkdirSync(join(root, "no-experiment"));
    expect(await findModel({ environment: {}, root })).toBe(starter);
  });
});

async function experiment(
  root: string,
  name: string,
  changes: Partial<RunRecord>,
): Promise<string> {
  const folder = join(root, name);
  mkdirSync(folder);
  await writeRunRecord(folder, exampleRun({ name, files: SERVABLE, ...changes }));
  return folder;
}
