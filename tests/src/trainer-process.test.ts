import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { withHugePages } from "../../src/trainer-process.ts";
import { runLfz, startLfz } from "../support/run-lfz.ts";

const script = fileURLToPath(new URL("../support/entries/trainer-starter.js", import.meta.url));

describe("runTrainer", () => {
  it("hands over the exit code, the streams and the error", async () => {
    expect(await runLfz(["refuse"], { script })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "error: no\nhint: yes\n",
    });
  });

  it.each(["SIGINT", "SIGTERM"] as const)("lets the trainer finish after %s", async (name) => {
    const lfz = startLfz(["wait", "--json"], { script });
    await lfz.said("waiting");
    lfz.process.kill(name);
    expect(await lfz.result).toMatchObject({ code: 130, json: { saved: true } });
  });

  it("takes the Ctrl-C of a terminal, which reaches both, for one", async () => {
    const child = spawn(process.execPath, [script, "wait", "--json"], { detached: true });
    const { pid } = child;
    if (pid === undefined) throw new Error("it did not start");
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    await once(child.stderr, "data");
    process.kill(-pid, "SIGINT"); // the group, as a terminal does
    expect(await once(child, "close")).toEqual([130, null]);
    expect(stdout).toBe('{"saved":true}\n');
  });

  it("leaves no trainer behind when it is killed itself", async () => {
    const lfz = startLfz(["wait", "--json"], { script });
    await lfz.said("waiting");
    lfz.process.kill("SIGKILL");
    expect(await lfz.result).toMatchObject({ code: -1, json: { saved: true } });
  });

  it("counts a trainer that was killed as 128 + the signal", async () => {
    expect(await runLfz(["die"], { script })).toMatchObject({ code: 137 });
  });

  it("ends quietly when nobody reads on", async () => {
    const lfz = startLfz(["talk"], { script });
    await lfz.said("and another thing");
    lfz.process.stdout?.destroy();
    expect(await lfz.result).toMatchObject({ code: 0, stderr: "" });
  });

  it("asks for huge pages, unless the user has tuned the C library otherwise", () => {
    expect(withHugePages({ HOME: "/" })).toEqual({
      HOME: "/",
      GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
    });
    const own = { GLIBC_TUNABLES: "glibc.malloc.check=1" };
    expect(withHugePages(own)).toEqual(own);
  });
});
