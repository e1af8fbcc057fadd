import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { ModelConfig } from "../../../src/core/model/config.ts";
import { startProvenEngine } from "../../../src/generate/prove-engine.ts";
import { writeRandomModel } from "../../../src/generate/random-model.ts";
import { ServedEngine } from "../../../src/generate/served-engine.ts";
import { startEngine } from "../../../src/generate/start-engine.ts";
import { SwappableEngine } from "../../../src/generate/swappable-engine.ts";
import type { Engine, GenerationEvent } from "../../../src/generate/types.ts";
import { gate, scriptedEngine, type Script } from "../../support/scripted-engine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { TINY } from "../../support/tiny-model.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
const never = new Promise<void>(() => {});

/** A scripted model that tells when it is closed. */
function modelOf(name: string, script: Script = {}) {
  const closed = gate();
  const engine = scriptedEngine({ reply: () => [`I am ${name}.`], model: { name }, ...script });
  const served = new ServedEngine({ ...engine, close: async () => closed.open() });
  let isClosed = false;
  void closed.opened.then(() => (isClosed = true));
  return { served, isClosed: () => isClosed };
}

describe("an engine that is given another model", () => {
  it("answers with the new one from then on, and names it", async () => {
    const engine = new SwappableEngine(modelOf("old").served);
    engine.swap(modelOf("new").served);
    expect(engine.model.name).toBe("new");
    expect(await textOf(engine)).toBe("I am new.");
  });

  it("ends a reply in progress on the old one, which then goes", async () => {
    const rest = gate<string>();
    const old = modelOf("old", { reply: () => ["One, ", rest.opened] });
    const engine = new SwappableEngine(old.served);
    const reader = engine.generate({ messages: hello })[Symbol.asyncIterator]();
    await reader.next();

    const left = engine.swap(modelOf("new").served).retire(never);
    expect(await textOf(engine)).toBe("I am new.");
    expect(old.isClosed()).toBe(false);
    rest.open("two.");

    expect((await reader.next()).value).toEqual({ type: "text", text: "two." });
    while (!(await reader.next()).done);
    await left;
    expect(old.isClosed()).toBe(true);
  });

  it("does not wait for a reply that never ends longer than its patience", async () => {
    const patience = gate();
    const old = modelOf("old", { reply: () => ["One, ", gate<string>().opened] });
    const reader = old.served.generate({ messages: hello });
    await reader.next();

    const left = old.served.retire(patience.opened);
    expect(old.isClosed()).toBe(false);
    patience.open();

    await left;
    expect(old.isClosed()).toBe(true);
  });

  it("takes the old one back as long as it has not gone", async () => {
    const rest = gate<string>();
    const old = modelOf("old", { reply: () => ["One, ", rest.opened] });
    const engine = new SwappableEngine(old.served);
    const reader = engine.generate({ messages: hello })[Symbol.asyncIterator]();
    await reader.next();
    const before = engine.swap(modelOf("new").served);
    const left = before.retire(never);

    expect(before.reinstate()).toBe(true);
    const another = engine.swap(before);
    rest.open("two.");
    while (!(await reader.next()).done);

    await left;
    expect(old.isClosed()).toBe(false);
    await another.retire(never);
    expect(another.reinstate()).toBe(false);
  });
});

describe("a model that is to be served", () => {
  it("must say a token first, and is closed if it does not", async () => {
    let closed = 0;
    const mute = { ...scriptedEngine({ reply: () => [] }), close: async () => void closed++ };
    await expect(startProvenEngine("some/folder", async () => mute)).rejects.toThrow(
      "some/folder opens but says nothing.",
    );
    expect(closed).toBe(1);
  });

  it("is swapped in under running replies, which end on the one they began with", async () => {
    const root = temporaryFolder();
    const config = ModelConfig.parse({ ...TINY, context: 160 });
    await writeRandomModel(join(root, "first"), config, 3);
    await writeRandomModel(join(root, "second"), config, 4);
    const start = async (name: string) =>
      new ServedEngine(
        await startProvenEngine(join(root, name), (folder) => startEngine(folder, { slots: 3 })),
      );
    const engine = new SwappableEngine(await start("first"));
    onTestFinished(() => engine.close());
    const expected = { first: await tokensOf(engine), second: [] as number[] };

    const running = [1, 2].map(() => engine.generate(LONG)[Symbol.asyncIterator]());
    await Promise.all(running.map((reader) => reader.next()));
    const left = engine.swap(await start("second")).retire(never);
    expected.second = await tokensOf(engine);

    expect(engine.model.name).toBe("second");
    expect(expected.second).not.toEqual(expected.first);
    for (const reader of running) expect(await lastTokens(reader)).toEqual(expected.first);
    await left;
    await expect(start("third")).rejects.toThrow("There is no model folder");
    expect(await tokensOf(engine)).toEqual(expected.second);
  });
});

const LONG = { messages: hello, maxTokens: 120, sampling: { temperature: 0 } };

async function tokensOf(engine: Engine): Promise<number[]> {
  return lastTokens(engine.generate(LONG)[Symbol.asyncIterator]());
}

/** Reads to the very end: a reply that nobody reads is not over. */
async function lastTokens(reader: AsyncIterator<GenerationEvent>): Promise<number[]> {
  let tokenIds: number[] = [];
  for (let next = await reader.next(); !next.done; next = await reader.next()) {
    if (next.value.type === "done") tokenIds = next.value.tokenIds;
  }
  return tokenIds;
}

async function textOf(engine: Engine): Promise<string> {
  let text = "";
  for await (const event of engine.generate({ messages: hello })) {
    if (event.type === "text") text += event.text;
  }
  return text;
}
