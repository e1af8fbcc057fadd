/** The shortest recipe, cooked as a person would. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DATA = fileURLToPath(
  new URL("../../../shared/data/reference/tinyshakespeare/input.txt", import.meta.url),
);

describe.skipIf(!existsSync(DATA))(`recipes (needs ${DATA})`, () => {
  it("reaches its figure in three minutes of a machine that does nothing else", () => {
    const script = ["--import", "tsx", "experiments/recipes/run.ts", "tinyshakespeare-3-minutes"];
    const options = { cwd: ROOT, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...script, "--data", DATA],
      options,
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^nats a character: \d\.\d{3}, at most 1\.62 are wanted$/m);
  });
});
