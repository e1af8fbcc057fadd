/**
 * Where a run happens: the commit of the code, the versions, the machine.
 *
 * Facts for `run.json` only; nothing in the product depends on them. Git may
 * be absent, and the code may be no checkout: then there is no commit.
 */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";

import { z } from "zod";

import { packageFolder, readPackageVersion } from "../package.ts";
import type { RunRecord } from "./run-record.ts";

const GIT_TIMEOUT_MS = 10_000;

export type Origin = Pick<RunRecord, "git" | "versions" | "machine">;

export async function readOrigin(): Promise<Origin> {
  const [git, versions] = await Promise.all([readGit(packageFolder), readVersions()]);
  return { git, versions, machine: machineFacts() };
}

/** The commit a folder's working tree is at, or null where there is none to be had. */
export async function readGit(folder: string): Promise<RunRecord["git"]> {
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)("git", args, {
      cwd: folder,
      timeout: GIT_TIMEOUT_MS,
    });
    return stdout.trim();
  };
  try {
    const commit = await git("rev-parse", "--verify", "HEAD");
    return { commit, dirty: (await git("status", "--porcelain")) !== "" };
  } catch {
    return null; // no git, no repository, no commit, or a repository of somebody else's
  }
}

function machineFacts(): RunRecord["machine"] {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() || process.arch,
    cores: Math.max(1, cores.length),
    memoryGb: Math.round(totalmem() / 1e8) / 10,
    os: `${type()} ${release()} ${process.arch}`,
  };
}

async function readVersions(): Promise<RunRecord["versions"]> {
  const { resolve } = createRequire(import.meta.url);
  const onnxruntime = await readFile(resolve("onnxruntime-node/package.json"), "utf8");
  return {
    node: process.versions.node,
    lfz: readPackageVersion(),
    onnxruntime: z.object({ version: z.string() }).parse(JSON.parse(onnxruntime)).version,
  };
}
