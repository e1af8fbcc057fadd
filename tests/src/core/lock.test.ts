import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { lockFolder } from "../../../src/core/lock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("lockFolder", () => {
  it("leaves nothing behind when it is released", async () => {
    const folder = temporaryFolder();
    const lock = await lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.pid));
    await lock.release();
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("is refused while another process has it, and taken over once that is gone", async () => {
    const folder = temporaryFolder();
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    writeFileSync(join(folder, "lock"), String(other.pid));
    await expect(lockFolder(folder)).rejects.toThrow(`Process ${other.pid} is writing into`);

    other.kill("SIGKILL");
    await once(other, "exit");
    const lock = await lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.pid));
    await lock.release();
  });

  it("takes over a lock that says nothing", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lock"), "");
    const lock = await lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.pid));
    await lock.release();
  });
});
