import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { failed, ok, runChecks, type Check } from "../../../src/doctor/check.ts";
import { diskCheck } from "../../../src/doctor/disk.ts";
import { environmentCheck } from "../../../src/doctor/environment.ts";
import { homeCheck } from "../../../src/doctor/home.ts";
import { machineCheck } from "../../../src/doctor/machine.ts";
import { modelCheck } from "../../../src/doctor/model.ts";
import { portCheck } from "../../../src/doctor/port.ts";
import { versionsCheck } from "../../../src/doctor/versions.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { scriptedEngine } from "../../support/scripted-engine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const never = new AbortController().signal;

async function findingsOf(checks: readonly Check[], clock = new ManualClock(), signal = never) {
  const findings = [];
  for await (const finding of runChecks(checks, { signal, clock })) {
    findings.push(finding);
  }
  return findings;
}

const findingOf = async (check: Check) => (await findingsOf([check]))[0];

/** A process that has the folder, as a running bot does. */
async function runningBotIn(folder: string): Promise<number | undefined> {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  onTestFinished(() => void other.kill("SIGKILL"));
  await once(other, "spawn");
  writeFileSync(join(folder, "lock"), String(other.pid));
  return other.pid;
}

describe("checks", () => {
  it("run one after the other, each with its name", async () => {
    const order: string[] = [];
    const check = (name: string): Check => ({
      name,
      async run() {
        order.push(`${name} begins`);
        await new Promise(setImmediate);
        order.push(`${name} ends`);
        return ok("fine");
      },
    });

    expect(await findingsOf([check("a"), check("b")])).toEqual([
      { name: "a", result: "ok", words: "fine" },
      { name: "b", result: "ok", words: "fine" },
    ]);
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("that throw have failed, in their own words where they have some", async () => {
    const check = (error: Error): Check => ({
      name: "x",
      run: async () => {
        throw error;
      },
    });

    expect(await findingOf(check(new HintedError("No model.", { hint: "Train one." })))).toEqual({
      name: "x",
      ...failed("No model.", "Train one."),
    });
    expect(await findingOf(check(new TypeError("undefined is no function")))).toMatchObject({
      result: "failed",
      words: "undefined is no function",
    });
  });

  it("that hang have failed, are told to stop, and hold up nobody", async () => {
    const clock = new ManualClock();
    let told = false;
    const hanging: Check = {
      name: "hanging",
      patience: 5000,
      run: (signal) => new Promise(() => signal.addEventListener("abort", () => (told = true))),
    };
    const findings = findingsOf([hanging, { name: "next", run: async () => ok("fine") }], clock);
    await clock.advance(5000);

    expect(await findings).toMatchObject([
      { name: "hanging", result: "failed", words: "no answer within 5 s" },
      { name: "next", result: "ok" },
    ]);
    expect(told).toBe(true);
  });

  it("end when nobody wants to know any more", async () => {
    const stop = new AbortController();
    const check: Check = {
      name: "asked",
      run: async (signal) => {
        stop.abort();
        signal.throwIfAborted();
        return ok("fine");
      },
    };

    await expect(findingsOf([check], new ManualClock(), stop.signal)).rejects.toThrow("aborted");
  });
});

describe("the check of", () => {
  it("versions wants Node 20.12", async () => {
    expect(await findingOf(versionsCheck("20.12.0"))).toMatchObject({ result: "ok" });
    expect(await findingOf(versionsCheck("24.1.0"))).toMatchObject({ result: "ok" });
    expect(await findingOf(versionsCheck("20.9.0"))).toMatchObject({
      result: "failed",
      hint: "Install Node 20.12 or newer.",
    });
  });

  it("the machine warns of little memory", async () => {
    const machine = { cores: 1, totalBytes: 2e9, freeBytes: 1e9 };
    expect(await findingOf(machineCheck(() => machine))).toMatchObject({
      result: "ok",
      words: "1 core, 2.0 GB of memory, 1.0 GB free",
    });
    expect(await findingOf(machineCheck(() => ({ ...machine, totalBytes: 5e8 })))).toMatchObject({
      result: "warning",
    });
    expect(await findingOf(machineCheck())).toMatchObject({ words: expect.stringMatching(/core/) });
  });

  it("a disk looks at the nearest folder there is", async () => {
    const folder = temporaryFolder();
    const asked: string[] = [];
    const withFree = (bytes: number) =>
      diskCheck(join(folder, "not", "yet"), async (nearest) => {
        asked.push(nearest);
        return bytes;
      });

    expect(await findingOf(withFree(5e9))).toMatchObject({ result: "ok", words: "5.0 GB free" });
    expect(await findingOf(withFree(5e8))).toMatchObject({ result: "warning" });
    expect(await findingOf(withFree(5e6))).toMatchObject({ result: "failed" });
    expect(new Set(asked)).toEqual(new Set([folder]));
    expect(await findingOf(diskCheck(folder))).toMatchObject({
      words: expect.stringMatching(/B free$/),
    });
  });

  it("the state folder tells free, taken, newer, unusable, and makes none", async () => {
    const folder = temporaryFolder();
    const home = join(folder, "var");
    expect(await findingOf(homeCheck(home))).toMatchObject({
      result: "ok",
      words: `${home} will be made at the first start`,
    });
    expect(existsSync(home)).toBe(false);

    mkdirSync(home);
    expect(await findingOf(homeCheck(home))).toMatchObject({ words: `${home} is free` });

    const owner = await runningBotIn(home);
    expect(await findingOf(homeCheck(home))).toMatchObject({
      result: "ok",
      words: `${home} is in use: the bot runs as process ${owner}`,
    });

    writeFileSync(join(home, "schema"), "99\n");
    expect(await findingOf(homeCheck(home))).toMatchObject({ result: "failed" });
    expect(await findingOf(homeCheck(join(home, "schema")))).toMatchObject({
      result: "failed",
      hint: "Set LFZ_HOME to a folder.",
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    "the state folder fails where nothing can be written",
    async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o500);

      expect(await findingOf(homeCheck(join(folder, "var")))).toMatchObject({ result: "failed" });
    },
  );

  it("the port tells free, taken by our bot, taken by another", async () => {
    const home = temporaryFolder();
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo; // it listens on TCP, not on a pipe
    const at = { host: "127.0.0.1", port, home };

    expect(await findingOf(portCheck({ ...at, port: 0 }))).toMatchObject({ result: "ok" });
    expect(await findingOf(portCheck(at))).toMatchObject({
      result: "failed",
      words: `another program listens on 127.0.0.1 port ${port}`,
    });
    const owner = await runningBotIn(home);
    expect(await findingOf(portCheck(at))).toMatchObject({
      result: "ok",
      words: `${port} is taken; the bot runs as process ${owner}`,
    });
    expect(await findingOf(portCheck({ ...at, host: "192.0.2.1" }))).toMatchObject({
      result: "failed",
      words: expect.stringContaining("EADDRNOTAVAIL"),
    });
  });

  it("the environment names what does not fit and shows no secret", async () => {
    expect(await findingOf(environmentCheck({}))).toMatchObject({
      result: "ok",
      words: "fits; no chat service beside the web page",
    });
    expect(await findingOf(environmentCheck({ DISCORD_TOKEN: "hush" }))).toMatchObject({
      result: "warning",
      words: "fits; Discord beside the web page; nobody is an admin",
    });
    const unfit = await findingOf(environmentCheck({ SLACK_BOT_TOKEN: "hush", HOST: "0.0.0.0" }));
    expect(unfit).toMatchObject({ result: "failed" });
    expect(JSON.stringify(unfit)).not.toContain("hush");
    expect(await findingOf(environmentCheck({ HOST: "0.0.0.0" }))).toMatchObject({
      result: "failed",
      words: expect.stringContaining("no key"),
    });
  });
});

describe("the check of the model", () => {
  const modelOf = (engine: ReturnType<typeof scriptedEngine>, environment = {}) =>
    modelCheck({
      named: "experiments/starter",
      environment,
      startEngine: async () => engine,
    });

  it("makes it say one token, and closes it", async () => {
    let closed = 0;
    const engine = scriptedEngine({ reply: () => ["Hi"], model: { runtime: "in-place" } });
    const check = modelOf({ ...engine, close: async () => void closed++ });

    expect(await findingOf(check)).toEqual({
      name: "Model",
      result: "ok",
      words:
        "starter: 5.8 M parameters, reads 256 tokens; first token after 12 ms; ONNX Runtime in-place",
    });
    expect(engine.requests).toMatchObject([{ maxTokens: 1 }]);
    expect(closed).toBe(1);
  });

  it("fails where it says nothing, unless it chose silence", async () => {
    const mute = scriptedEngine({ reply: () => [], model: { runtime: "in-place" } });
    const silent = scriptedEngine({
      reply: () => [],
      finishReason: "silence",
      model: { runtime: "in-place" },
    });

    expect(await findingOf(modelOf(mute))).toMatchObject({ result: "failed" });
    expect(await findingOf(modelOf(silent))).toMatchObject({ result: "ok" });
  });

  it("opens what the bot would serve: the model that is named, or else the champion", async () => {
    const opened: string[] = [];
    const parts = {
      startEngine: async (folder: string) => {
        opened.push(folder);
        return scriptedEngine();
      },
      champion: async () => "models/champion",
    };
    await findingOf(modelCheck({ ...parts, environment: {} }));
    await findingOf(modelCheck({ ...parts, environment: { LFZ_MODEL: "models/named" } }));
    expect(opened).toEqual(["models/champion", "models/named"]);
  });

  it("warns where ONNX Runtime is called another way than asked", async () => {
    const engine = scriptedEngine({ model: { runtime: "binding" } });

    expect(await findingOf(modelOf(engine))).toMatchObject({ result: "warning" });
    expect(await findingOf(modelOf(engine, { LFZ_ORT: "binding" }))).toMatchObject({
      result: "ok",
    });
  });
});
