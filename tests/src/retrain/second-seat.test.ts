import { describe, expect, it } from "vitest";

import { cacheBytes } from "../../../src/generate/cache-slots.ts";
import { neededBytes } from "../../../src/retrain/memory-guard.ts";
import { settled } from "../../support/chat/manual-clock.ts";
import { exampleConfig } from "../../support/example-model.ts";
import {
  ADA,
  BEA,
  openDeployment,
  serveInTurn,
  textOf,
  writeModels,
  type DeploymentOptions,
} from "../../support/retrain/open-deployment.ts";
import { gate, scriptedEngine } from "../../support/scripted-engine.ts";

const TO_ALL = { share: 100, by: ADA };

/** `b` serves, `a` did before, and `c` and `d` are there. */
async function serving(options: Partial<DeploymentOptions> = {}) {
  const root = await writeModels("c", "d", "a", "b");
  const opened = await openDeployment({ root, ...options });
  await serveInTurn(opened, root, "a", "b");
  return { ...opened, root, main: await opened.deployment.start() };
}

describe("a comparison", () => {
  it("loads the other version beside the champion, and keeps it for the next question", async () => {
    const { deployment, loaded, clock } = await serving();
    const { champion, other } = await deployment.pair("c", ADA);
    expect([await textOf(champion), await textOf(other)]).toEqual(["I am b.", "I am c."]);
    await clock.advance(4 * 60_000);
    await deployment.pair("c", ADA);
    await clock.advance(4 * 60_000);
    expect(loaded).toEqual(["b", "c"]);
    await clock.advance(60_000);
    await settled();
    expect(loaded).toEqual(["b"]);
  });

  it("leaves its place to whatever is compared or promoted next", async () => {
    const { deployment, loaded, main, clock } = await serving();
    await deployment.pair("c", ADA);
    await deployment.pair("d", ADA);
    expect(loaded).toEqual(["b", "d"]);
    await deployment.promote({ ...TO_ALL, name: "d", share: 10 });
    await clock.advance(10 * 60_000);
    await settled();
    expect(loaded).toEqual(["b", "d"]);
    await deployment.promote({ ...TO_ALL, name: "d" });
    expect(main.model.name).toBe("d");
    expect(loaded).toEqual(["d"]);
  });

  it("takes the canary that is loaded, and no third model", async () => {
    const { deployment, loaded } = await serving();
    await deployment.promote({ ...TO_ALL, name: "c", share: 10 });
    expect(await textOf((await deployment.pair("c", ADA)).other)).toBe("I am c.");
    await expect(deployment.pair("d", ADA)).rejects.toThrow("c is being tried by 10 %");
    expect(loaded).toEqual(["b", "c"]);
  });

  it("of the champion with itself, or with nothing, is refused", async () => {
    const { deployment } = await serving();
    await expect(deployment.pair("b", ADA)).rejects.toThrow("b answers already.");
    await expect(deployment.pair("x", ADA)).rejects.toThrow("There is no model x");
  });

  it("is refused while another version is being loaded", async () => {
    const { deployment, arrive, wanted } = await loadingC();
    await expect(deployment.pair("d", BEA)).rejects.toThrow("c is being loaded just now.");
    arrive();
    await wanted;
  });
});

describe("where memory is short", () => {
  it("no second model is loaded, and people are told how much it lacks", async () => {
    const { deployment, loaded } = await serving({ readFreeMemory: async () => 50e6 });
    const refused = /^c needs about \d+\.\d MB of memory beside .*; 50\.0 MB are free\.$/;
    await expect(deployment.pair("c", ADA)).rejects.toThrow(refused);
    for (const share of [0, 10, 100]) {
      await expect(deployment.promote({ ...TO_ALL, name: "c", share })).rejects.toThrow(refused);
    }
    expect(loaded).toEqual(["b"]);
  });

  it("the way back is open all the same", async () => {
    const { deployment } = await serving({ readFreeMemory: async () => 0 });
    expect(await deployment.rollback(ADA)).toEqual({ from: "b", to: "a" });
  });

  it("a model counts with its file, twice while it is opened, and the caches of its chats", () => {
    const model = exampleConfig;
    const of = (bytes: number) =>
      neededBytes({ model, files: { "onnx/model.onnx": { sha256: "", bytes } } });
    expect(of(1e9) - of(0)).toBe(2e9);
    expect(of(0)).toBeGreaterThan(cacheBytes(model));
  });
});

/** `c` is being promoted, or compared, and takes its time to load. */
async function loadingC(why: "promote" | "pair" = "promote") {
  const arriving = gate();
  const opening: string[] = [];
  const opened = await serving({
    startEngine: async (folder) => {
      const name = folder.split("/").at(-1) ?? "";
      opening.push(name);
      if (name === "c") await arriving.opened;
      const engine = scriptedEngine({ reply: () => [`I am ${name}.`], model: { name, folder } });
      return { ...engine, close: async () => void opening.splice(opening.indexOf(name), 1) };
    },
  });
  const { deployment } = opened;
  const wanted =
    why === "pair" ? deployment.pair("c", ADA) : deployment.promote({ ...TO_ALL, name: "c" });
  wanted.catch(() => undefined); // the test awaits it too
  await expect.poll(() => opening).toContain("c");
  return { ...opened, wanted, opening, arrive: () => arriving.open() };
}

describe("a rollback while a model is being loaded", () => {
  it("takes that promotion back at once, whatever the loading does", async () => {
    const { deployment, wanted, main, registry, opening, arrive } = await loadingC();
    expect(await deployment.rollback(ADA)).toEqual({ from: "c", to: "b" });
    await expect(wanted).rejects.toThrow("A rollback came in between");
    expect(main.model.name).toBe("b");
    expect(registry.champions[0]?.name).toBe("b");
    arrive();
    await expect.poll(() => opening).toEqual(["b"]); // what arrives too late goes again
    await deployment.promote({ ...TO_ALL, name: "c" });
    expect(main.model.name).toBe("c");
  });

  it("does not count a model that was only to be compared: the one before answers again", async () => {
    const { deployment, main, wanted, arrive } = await loadingC("pair");
    const rollback = deployment.rollback(ADA);
    await expect(wanted).rejects.toThrow("A rollback came in between");
    arrive(); // never more than two: the one before waits until this one is gone
    expect(await rollback).toEqual({ from: "b", to: "a" });
    expect(main.model.name).toBe("a");
  });
});
