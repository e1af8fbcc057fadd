import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("lfz doctor", () => {
  it("asks everything, finds a well package well, and writes nothing", async () => {
    const cwd = temporaryFolder();

    const { code, json, stderr } = await runLfz(["doctor", "--json"], {
      cwd,
      env: { LFZ_HOME: join(cwd, "var") },
    });

    expect({ code, json }).toMatchObject({ code: 0, json: { ok: true } });
    expect(json?.["checks"]).toMatchObject([
      { name: "Versions" },
      { name: "Machine" },
      { name: "Environment" },
      { name: "State folder" },
      { name: `Disk of ${join(cwd, "var")}` },
      { name: "Disk of experiments" },
      { name: "Port" },
      { name: "Model" },
    ]);
    expect(stderr).toMatch(/^✓ Versions: language-from-zero /);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("ends with 1 where something is wrong, with a hint and without a secret", async () => {
    const { code, stdout, stderr } = await runLfz(["doctor"], {
      cwd: temporaryFolder(),
      env: { SLACK_BOT_TOKEN: "xoxb-hush-hush" },
    });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Environment: .*SLACK_BOT_TOKEN without SLACK_APP_TOKEN.*\n {2}→ /m);
    expect(stdout + stderr).not.toContain("hush");
  });
});
