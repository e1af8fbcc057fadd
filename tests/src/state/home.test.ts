import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openHome } from "../../../src/state/home.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("the home of a bot", () => {
  it("is a folder for its owner only, made where there is none", async () => {
    const folder = join(temporaryFolder(), "deep", "var");

    const home = await openHome(folder);

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(home.folder).toBe(folder);
    expect(home.path("slack", "seen")).toBe(join(folder, "slack", "seen"));
    await home.close();
  });

  it("lets the next one in when it is closed", async () => {
    const folder = temporaryFolder();

    await (await openHome(folder)).close();

    expect(existsSync(join(folder, "lock"))).toBe(false);
    await (await openHome(folder)).close();
  });

  it("turns a second bot away by the number of the first, and not when that is dead", async () => {
    const folder = temporaryFolder();
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    writeFileSync(join(folder, "lock"), String(other.pid));

    await expect(openHome(folder)).rejects.toMatchObject({
      message: `The bot already runs in ${folder}: process ${other.pid}.`,
      hint: expect.stringContaining("LFZ_HOME"),
    });

    other.kill("SIGKILL");
    await once(other, "exit");
    await (await openHome(folder)).close();
  });

  it("refuses what a newer version wrote, and lets go of the folder", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "schema"), "2\n");

    await expect(openHome(folder)).rejects.toThrow("its schema is 2, this one knows 1");
    writeFileSync(join(folder, "schema"), "the tale of a folder");
    await expect(openHome(folder)).rejects.toThrow('schema holds no number: "the tale of a folder');

    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("keeps nothing that was half written when a process was killed, and all else", async () => {
    const folder = temporaryFolder();
    for (const name of ["jobs.json.1a2b3c4d.tmp", "notes.tmp"])
      writeFileSync(join(folder, name), "");

    await (await openHome(folder)).close();

    expect(readdirSync(folder).toSorted()).toEqual(["notes.tmp", "schema"]);
  });

  it("says which schema it was written with", async () => {
    const folder = temporaryFolder();

    await (await openHome(folder)).close();

    expect(readFileSync(join(folder, "schema"), "utf8")).toBe("1\n");
  });
});
