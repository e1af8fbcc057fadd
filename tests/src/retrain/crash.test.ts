import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { describe, expect, it } from "vitest";

import { nodeArguments } from "../../../src/core/entry.ts";
import { AuditRecord } from "../../../src/retrain/audit.ts";
import { auditLinesOf } from "../../support/retrain/audit-lines.ts";
import { openDeployment, serveInTurn, writeModels } from "../../support/retrain/open-deployment.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PROMOTER = new URL("../../support/entries/promoter.ts", import.meta.url);

describe("a process that is killed while it promotes", () => {
  it("leaves a champion that starts, and an audit that agrees with it", async () => {
    const root = await writeModels("a", "b");
    const folder = temporaryFolder();
    const before = await openDeployment({ root, folder });
    await serveInTurn(before, root, "b", "a");
    await before.close();

    const done = await promoteUntilKilled(folder);

    const { deployment, registry, home, close } = await openDeployment({ root, folder });
    const [champion] = registry.champions;
    expect((await deployment.start()).model.name).toBe(champion?.name);
    const path = home.path("audit.journal");
    await close();
    const lines = await auditLinesOf(path);
    const voided = lines.filter(({ action }) => action === "undone");
    const isVoid = ({ revision }: AuditRecord) => voided.some((one) => one.revision === revision);
    const last = lines.findLast((line) => line.action === "promote" && !isVoid(line));
    expect(last?.version).toBe(champion?.name);
    expect(Number(/\d+/.exec(last?.why ?? "")?.[0])).toBeGreaterThanOrEqual(done);
  });
});

/** @returns the number of the last promotion that was said to be done. */
async function promoteUntilKilled(folder: string): Promise<number> {
  const child = spawn(process.execPath, [...nodeArguments(PROMOTER), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let done = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    done = Number(line);
    if (done === 7) child.kill("SIGKILL");
  }
  if (child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  return done;
}
