import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readGit, readOrigin } from "../../../../src/core/experiment/origin.ts";
import { RunRecord } from "../../../../src/core/experiment/run-record.ts";
import { exampleRun } from "../../../support/example-run.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

describe("readOrigin", () => {
  it("fits the record of a run", async () => {
    const origin = await readOrigin();
    expect(RunRecord.parse({ ...exampleRun(), ...origin })).toMatchObject(origin);
    expect(origin.versions.node).toBe(process.versions.node);
    expect(origin.versions.onnxruntime).toMatch(/^1\.\d+/);
  });
});

describe("readGit", () => {
  it("finds no commit outside a repository, nor in one without commits", async () => {
    const folder = temporaryFolder();
    expect(await readGit(folder)).toBeNull();
    execFileSync("git", ["init", "--quiet", folder]);
    expect(await readGit(folder)).toBeNull();
  });

  it("tells the commit, and whether anything was changed since", async () => {
    const folder = temporaryFolder();
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
    git("init", "--quiet");
    const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    git(...author, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", "first");
    const commit = git("rev-parse", "HEAD").trim();
    expect(await readGit(folder)).toEqual({ commit, dirty: false });
    writeFileSync(join(folder, "new"), "");
    expect(await readGit(folder)).toEqual({ commit, dirty: true });
  });
});
