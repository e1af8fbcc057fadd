import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { VERDICT_FILE } from "../../../src/core/experiment/verdict.ts";
import { writeFileAtomic } from "../../../src/core/files.ts";
import { OPERATOR } from "../../../src/retrain/audit.ts";
import { auditLinesOf } from "../../support/retrain/audit-lines.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  writeModels,
} from "../../support/retrain/open-deployment.ts";
import { writeVerdict } from "../../support/retrain/write-verdict.ts";

const TO_ALL = { name: "c", share: 100, by: ADA };

async function judged(...[outcome, reason]: [] | ["wins" | "holds" | "loses", string]) {
  const root = await writeModels("c", "b");
  const opened = await openDeployment({ root });
  await serveInTurn(opened, root, "b");
  if (outcome) await writeVerdict(root, "c", { outcome, reason: reason ?? "" });
  return { ...opened, root };
}

describe("a version that the judge found to lose", () => {
  it("is not promoted, to everybody or to some, and people are told why", async () => {
    const { deployment, registry, loaded } = await judged("loses", "It recites its rows.");
    for (const share of [100, 10]) {
      await expect(deployment.promote({ ...TO_ALL, share })).rejects.toMatchObject({
        message: "c was judged to lose against b: It recites its rows.",
        hint: "Nothing that loses is promoted, unless you insist: `promote c force`.",
      });
    }
    await expect(deployment.promote({ ...TO_ALL, by: OPERATOR })).rejects.toMatchObject({
      hint: expect.stringContaining("`lfz experiments promote c --force`"),
    });
    expect(registry.champions[0]?.name).toBe("b");
    expect(loaded).toEqual(["b"]);
  });

  it("is promoted where an admin insists, which stays written down with what the judge said", async () => {
    const { deployment, home, close } = await judged("loses", "It recites its rows.");
    await deployment.promote({ ...TO_ALL, isForced: true, why: "it is only the demonstration" });
    const path = home.path("audit.journal");
    await close();
    expect((await auditLinesOf(path)).at(-1)).toMatchObject({
      action: "promote",
      who: "discord:ada",
      why: "it is only the demonstration",
      despite: "judged to lose against b: It recites its rows.",
    });
  });

  it("may be looked at as a shadow, which nobody sees", async () => {
    const { deployment } = await judged("loses", "It recites its rows.");
    expect(await deployment.promote({ ...TO_ALL, share: 0 })).toMatchObject({ kind: "shadow" });
  });
});

describe("any other version", () => {
  it("is promoted, with what the judge said of it", async () => {
    const { deployment } = await judged("wins", "It knows more.");
    const [champion, candidate] = await deployment.list();
    expect(champion?.judged).toBeUndefined(); // it was there before any judge
    expect(candidate?.judged).toBe("judged to win against b: It knows more.");
    expect(await deployment.promote(TO_ALL)).toMatchObject({
      judged: "judged to win against b: It knows more.",
    });
  });

  it("is promoted unjudged, and is said to be", async () => {
    const { deployment } = await judged();
    expect((await deployment.list()).at(-1)?.judged).toBe("not judged yet");
    expect(await deployment.promote(TO_ALL)).toMatchObject({ judged: "not judged yet" });
  });

  it("waits until its verdict can be read", async () => {
    const { deployment, root } = await judged();
    await writeFileAtomic(join(root, "c", VERDICT_FILE), "{");
    await expect(deployment.promote(TO_ALL)).rejects.toThrow("verdict.json is no verdict");
    expect((await deployment.list()).at(-1)?.judged).toContain("is no verdict");
  });
});
