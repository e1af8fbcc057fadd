import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startWorker } from "../../../src/core/entry.ts";
import { ModelConfig } from "../../../src/core/model/config.ts";
import { writeRandomModel } from "../../../src/generate/random-model.ts";
import { connectEngine, startEngine } from "../../../src/generate/start-engine.ts";
import type { Engine, GenerationEvent, GenerationRequest } from "../../../src/generate/types.ts";
import { TINY } from "../../support/tiny-model.ts";

const config = ModelConfig.parse({ ...TINY, context: 160 });
let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "lfz-engine-"));
  folder = join(root, "tiny");
  await writeRandomModel(folder, config, 3);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("an engine in its worker thread", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(folder, { slots: 3 });
  });
  afterAll(() => engine.close());

  it("says which model it serves", () => {
    expect(engine.model).toMatchObject({ name: "tiny", folder, context: 160, vocabSize: 300 });
  });

  it("streams text, then tells how it went", async () => {
    const events = await eventsOf(engine, {
      messages: hello,
      maxTokens: 12,
      sampling: { temperature: 0 },
    });
    const done = events.at(-1);
    expect(events.slice(0, -1).every(({ type }) => type === "text")).toBe(true);
    expect(done).toMatchObject({ type: "done", finishReason: "length", promptTokens: 7 });
    expect(done?.type === "done" && done.tokenIds.length).toBe(12);
  });

  it("gives the same text for the same seed, alone or beside others", async () => {
    const alone: string[] = [];
    for (const seed of [1, 2, 3, 4, 5]) alone.push(await textOf(engine, seed));
    const together = await Promise.all([1, 2, 3, 4, 5].map((seed) => textOf(engine, seed)));
    expect(together).toEqual(alone);
    expect(new Set(alone).size).toBe(5);
  });

  it("ends with `abort` when the signal aborts, even before the first token", async () => {
    const controller = new AbortController();
    const events: GenerationEvent[] = [];
    for await (const event of engine.generate(
      { messages: hello, maxTokens: 150 },
      controller.signal,
    )) {
      events.push(event);
      controller.abort();
    }
    const done = events.at(-1);
    expect(done).toMatchObject({ type: "done", finishReason: "abort" });
    const early = await eventsOf(engine, { messages: hello }, AbortSignal.abort());
    expect(early.at(-1)).toMatchObject({ finishReason: "abort" });
  });

  it("stops the work of whoever leaves the loop: others get the place", async () => {
    for (let i = 0; i < 6; i++) {
      for await (const event of engine.generate({ messages: hello, maxTokens: 150 })) {
        if (event.type === "text") break;
      }
    }
    expect((await eventsOf(engine, { messages: hello, maxTokens: 3 })).at(-1)?.type).toBe("done");
  });

  it("keeps what nobody reads bounded, and gives all of it in the end", async () => {
    const request = { messages: hello, maxTokens: 140, sampling: { temperature: 0 } };
    const slow = engine.generate(request)[Symbol.asyncIterator]();
    const first = await slow.next();
    await eventsOf(engine, { messages: hello, maxTokens: 140 }); // meanwhile another chat goes on
    const events = [first.value as GenerationEvent];
    for (let next = await slow.next(); !next.done; next = await slow.next())
      events.push(next.value);
    expect(events.at(-1)).toMatchObject({ type: "done", finishReason: "length" });
  });

  it("uses no more memory after many replies than after a few", async () => {
    const short = { messages: hello, maxTokens: 4 };
    const batch = async () => {
      for (let i = 0; i < 40; i++) await eventsOf(engine, short);
      return process.memoryUsage.rss();
    };
    await batch();
    const before = await batch();
    for (let i = 0; i < 4; i++) await batch();
    expect((await batch()) - before).toBeLessThan(40e6);
  });
});

describe("an engine that cannot go on", () => {
  it("refuses a folder that is no model, in words", async () => {
    await expect(startEngine(join(root, "nothing"))).rejects.toMatchObject({
      name: "HintedError",
      message: expect.stringContaining("There is no model folder"),
    });
  });

  it("ends while it is starting, once nobody wants it any more", async () => {
    const leaving = new AbortController();
    const starting = startEngine(folder, { signal: leaving.signal });
    leaving.abort(new Error("not any more"));
    await expect(starting).rejects.toThrow("not any more");
  });

  it("refuses a damaged model", async () => {
    const damaged = join(root, "damaged");
    await writeRandomModel(damaged, config, 4);
    await writeFile(join(damaged, "onnx", "model.onnx"), "nonsense");
    await expect(startEngine(damaged)).rejects.toMatchObject({ name: "HintedError" });
  });

  it("rejects what runs and what comes when its worker crashes", async () => {
    const engine = await connectEngine(startWorker(doomed));
    const failure = { name: "HintedError", message: expect.stringContaining("out of memory") };
    const running = [eventsOf(engine, { messages: hello }), eventsOf(engine, { messages: hello })];
    for (const reply of await Promise.allSettled(running)) {
      expect(reply).toMatchObject({ status: "rejected", reason: failure });
    }
    await expect(eventsOf(engine, { messages: hello })).rejects.toMatchObject(failure);
    await engine.close();
  });

  it("does not start when its worker crashes at once", async () => {
    const worker = startWorker(doomed, { workerData: "at once" });
    await expect(connectEngine(worker)).rejects.toMatchObject({
      name: "HintedError",
      message: "The model's worker thread has stopped (out of memory).",
    });
  });

  it("finishes what runs when it is closed, and takes no more", async () => {
    const engine = await startEngine(folder);
    const reader = engine.generate({ messages: hello, maxTokens: 150 })[Symbol.asyncIterator]();
    await reader.next();
    await engine.close();
    let last: GenerationEvent | undefined;
    for (let next = await reader.next(); !next.done; next = await reader.next()) last = next.value;
    expect(last).toMatchObject({ type: "done", finishReason: "abort" });
    await expect(eventsOf(engine, { messages: hello })).rejects.toThrow("The engine is closed");
    await engine.close();
  });
});

const doomed = new URL("../../support/entries/crashing-worker.ts", import.meta.url);
const hello = [{ role: "user" as const, content: "0,1,2" }];

async function eventsOf(
  engine: Engine,
  request: GenerationRequest,
  signal?: AbortSignal,
): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of engine.generate(request, signal)) events.push(event);
  return events;
}

async function textOf(engine: Engine, seed: number): Promise<string> {
  const sampling = { seed, temperature: 1.5, topK: 0, topP: 1 };
  const events = await eventsOf(engine, {
    messages: [{ role: "user", content: `${seed}`.repeat(seed * 9) }],
    maxTokens: 40,
    sampling,
  });
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}
