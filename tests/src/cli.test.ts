import { mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { readPackageVersion } from "../../src/core/package.ts";
import { helpOfAll } from "../../src/help.ts";
import { runLfz } from "../support/run-lfz.ts";

describe("lfz", () => {
  it("helps without a verb, with --help and with help", async () => {
    const [bare, asked, word] = await Promise.all([
      runLfz([]),
      runLfz(["--help"]),
      runLfz(["help"]),
    ]);
    expect(bare).toMatchObject({ code: 0, stderr: "", stdout: `${helpOfAll()}\n` });
    expect(asked).toEqual(bare);
    expect(word).toEqual(bare);
  });

  it("knows its version", async () => {
    expect(await runLfz(["--version"])).toMatchObject({
      code: 0,
      stdout: `${readPackageVersion()}\n`,
    });
  });

  it("runs from any folder and through a link to it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lfz-link-"));
    const link = join(folder, "lfz");
    await symlink(fileURLToPath(new URL("../../src/lfz.js", import.meta.url)), link);
    expect(await runLfz(["start", "--help"], { cwd: folder, script: link })).toMatchObject({
      code: 0,
      stderr: "",
    });
  });
});
