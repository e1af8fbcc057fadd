import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { EXIT_FAILURE, HintedError } from "../../../src/core/errors.ts";
import { writeExampleModel } from "../../support/example-model.ts";
import { openDeployment, serveInTurn, writeModels } from "../../support/retrain/open-deployment.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("the model that serves at a start", () => {
  it("is what is found at the first one, and the same at the next, though another one was trained", async () => {
    const root = await writeModels("a", "b");
    const folder = temporaryFolder();
    const first = await openDeployment({ root, folder });
    expect((await first.deployment.start()).model).toMatchObject({ name: "b" });
    expect(await first.deployment.untried()).toBeUndefined();
    expect(first.registry.champions).toMatchObject([{ name: "b", from: "found at a start" }]);
    await first.close();

    await writeExampleModel(join(root, "c"), { name: "c", finished: "2026-12-01T00:00:00.000Z" });
    const second = await openDeployment({ root, folder });
    expect((await second.deployment.start()).model.name).toBe("b");
    expect(await second.deployment.untried()).toBe("c");
  });

  it("is what the operator names; the champion stays champion, and is mentioned", async () => {
    const root = await writeModels("a", "b");
    const folder = temporaryFolder();
    const first = await openDeployment({ root, folder, named: "a" });
    expect(first.deployment.championInsteadOf(await first.deployment.start())).toBeUndefined();
    await first.close();

    const { deployment, registry } = await openDeployment({ root, folder, named: "b" });
    const engine = await deployment.start();
    expect(engine.model.name).toBe("b");
    expect(deployment.championInsteadOf(engine)).toBe("a");
    expect(registry.champions).toMatchObject([{ name: "a" }]);
    await expect(deployment.rollback({ who: "discord:ada", platform: "discord" })).rejects.toThrow(
      "b answers because the bot was started with it.",
    );
  });

  it("is the one before where the champion's folder is gone or holds another model", async () => {
    const root = await writeModels("a", "b", "c", "d");
    const folder = temporaryFolder();
    const opened = await openDeployment({ root, folder });
    await serveInTurn(opened, root, "a", "b", "c");
    await opened.close();
    await rm(join(root, "c"), { recursive: true });
    await writeExampleModel(join(root, "b"), { name: "b", files: {} });

    const { deployment, registry, lines, close } = await openDeployment({ root, folder });
    expect((await deployment.start()).model.name).toBe("a");
    expect(registry.find("c")?.retired).toContain("There is no model folder");
    expect(registry.find("b")?.retired).toContain("holds another model");
    expect(lines).toContainEqual(
      expect.objectContaining({ event: "champion does not open", name: "c", serving: "a" }),
    );
    await close();
  });

  it("is whatever can be found where no champion opens", async () => {
    const root = await writeModels("a", "b");
    const opened = await openDeployment({ root });
    await serveInTurn(opened, root, "a");
    await writeFile(join(root, "a", "run.json"), "nonsense");
    expect((await opened.deployment.start()).model.name).toBe("b");
    expect(opened.registry.champions.map(({ name }) => name)).toEqual(["b"]);
  });

  it("leaves the registry alone where the machine is to blame", async () => {
    const root = await writeModels("a", "b");
    const noMemory = new HintedError("out of memory", { hint: "Buy.", exitCode: EXIT_FAILURE });
    const startEngine = () => Promise.reject(noMemory);
    const opened = await openDeployment({ root, startEngine });
    await serveInTurn(opened, root, "a", "b");
    await expect(opened.deployment.start()).rejects.toBe(noMemory);
    expect(opened.registry.champions.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});
