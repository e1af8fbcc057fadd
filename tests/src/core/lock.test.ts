import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { nodeArguments } from "../../../src/core/entry.ts";
import { lockFolder } from "../../../src/core/lock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const LOCKER = new URL("../../support/entries/locker.ts", import.meta.url);

/** More than any system counts processes to. */
const DEAD = "999999999";

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
    expect(readdirSync(folder)).toEqual([]);
  });

  it("never stands there without its number", async () => {
    for (let round = 0; round < 50; round++) {
      const folder = temporaryFolder();
      const path = join(folder, "lock");
      const seen = new Set<string>();
      const locking = lockFolder(folder);
      while ((await Promise.race([locking, setImmediate("not yet")])) === "not yet") {
        if (existsSync(path)) seen.add(readFileSync(path, "utf8"));
      }
      expect([...seen].filter((text) => text !== String(process.pid))).toEqual([]);
      await (await locking).release();
    }
  });

  it("of a dead process falls to one of two who look at the same time", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lock"), DEAD);
    let said = "";
    const kill = vi.spyOn(process, "kill").mockImplementationOnce(() => {
      said = execFileSync(process.execPath, [...nodeArguments(LOCKER), folder], {
        encoding: "utf8",
      });
      throw Object.assign(new Error("no such process"), { code: "ESRCH" });
    });
    onTestFinished(() => kill.mockRestore());
    await lockFolder(folder);
    expect(said).toContain("Another process has just begun");
  });

  it("is taken over by one at a time, and the next try after a death in between succeeds", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lock"), DEAD);
    writeFileSync(join(folder, "lock.taking-over"), String(process.ppid));
    await expect(lockFolder(folder)).rejects.toThrow("has just begun to write");
    writeFileSync(join(folder, "lock.taking-over"), DEAD);
    await expect(lockFolder(folder)).rejects.toThrow("has just begun to write");
    await (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes over a lock that says nothing", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "lock"), "");
    const lock = await lockFolder(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.pid));
    await lock.release();
  });
});
