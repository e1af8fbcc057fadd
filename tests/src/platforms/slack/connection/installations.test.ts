import { randomBytes } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Installation } from "@slack/bolt";
import { describe, expect, it } from "vitest";

import { createInstallations } from "../../../../../src/platforms/slack/connection/installations.ts";
import { storeKeyOf } from "../../../../../src/platforms/slack/connection/sealed.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

const installation = (id: string): Installation<"v2", false> => ({
  team: { id, name: "Acme" },
  enterprise: undefined,
  user: { id: "U1", token: undefined, scopes: undefined },
  bot: { id: "B1", userId: "U2", token: "xoxb-very-secret", scopes: ["chat:write"] },
  isEnterpriseInstall: false,
  authVersion: "v2",
});

const query = (teamId: string) =>
  ({ teamId, enterpriseId: undefined, isEnterpriseInstall: false }) as const;

describe("installations", () => {
  it("come back as they were stored, and lie on disk unreadable", async () => {
    const folder = temporaryFolder();
    const key = randomBytes(32);
    await createInstallations(folder, key).storeInstallation(installation("T1"));

    const [file = ""] = readdirSync(folder);
    expect(readFileSync(join(folder, file), "utf8")).not.toContain("xoxb");
    const again = createInstallations(folder, key);
    expect(await again.fetchInstallation(query("T1"))).toEqual(
      JSON.parse(JSON.stringify(installation("T1"))),
    );
    expect(await again.list()).toHaveLength(1);
  });

  it("are gone once deleted", async () => {
    const store = createInstallations(temporaryFolder(), randomBytes(32));
    await store.storeInstallation(installation("T1"));
    await store.deleteInstallation(query("T1"));

    await expect(store.fetchInstallation(query("T1"))).rejects.toThrow("not installed in T1");
    expect(await store.list()).toEqual([]);
  });

  it("do not open with another key, nor under another name", async () => {
    const folder = temporaryFolder();
    const key = randomBytes(32);
    await createInstallations(folder, key).storeInstallation(installation("T1"));
    cpSync(join(folder, "T1.sealed"), join(folder, "T2.sealed"));

    const other = createInstallations(folder, randomBytes(32));
    await expect(other.fetchInstallation(query("T1"))).rejects.toThrow("cannot be opened");
    const moved = createInstallations(folder, key).fetchInstallation(query("T2"));
    await expect(moved).rejects.toThrow("cannot be opened");
  });

  it("take no id that could be a path", async () => {
    const store = createInstallations(temporaryFolder(), randomBytes(32));
    await expect(store.fetchInstallation(query("../T1"))).rejects.toThrow("without a proper id");
  });

  it("need a key that cannot be guessed", () => {
    expect(() => storeKeyOf("short")).toThrow("too short");
  });
});
