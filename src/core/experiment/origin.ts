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
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { z } from "zod";

import type { RunRecord } from "./run-record.ts";

const GIT_TIMEOUT_MS = 10_000;

export type Origin = Pick<RunRecord, "git" | "versions" | "machine">;

export async function readOrigin(): Promise<Origin> {
  const root = await packageRoot();
  const [git, versions] = await Promise.all([readGit(root), readVersions(root)]);
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

const Package = z.object({ name: z.string(), version: z.string() });

async function readVersions(root: string): Promise<RunRecord["versions"]> {
  const onnxruntime = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  return {
    node: process.versions.node,
    lfz: (await readPackage(join(root, "package.json")))?.version ?? "unknown",
    onnxruntime: (await readPackage(onnxruntime))?.version ?? "unknown",
  };
}

/** The folder of our package.json: some levels up, more of them when built. */
async function packageRoot(): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ; folder = dirname(folder)) {
    const found = await readPackage(join(folder, "package.json"));
    if (found?.name === "language-from-zero") return folder;
    if (dirname(folder) === folder) return here;
  }
}

async function readPackage(path: string): Promise<z.infer<typeof Package> | undefined> {
  try {
    return Package.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined; // not there, or not a whole package: look further
  }
}
