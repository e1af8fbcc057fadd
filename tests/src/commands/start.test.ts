import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { nodeArguments } from "../../../src/core/entry.ts";
import { configOfPreset } from "../../../src/core/model/config.ts";
import { packageFolder } from "../../../src/core/package.ts";
import { writeRandomModel } from "../../../src/generate/random-model.ts";

let folder: string;
let model: string;
let homes = 0;
const running: ChildProcessByStdio<null, Readable, Readable>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfz-start-"));
  model = join(folder, "tiny");
  await writeRandomModel(model, configOfPreset("nano", { vocabSize: 512 }), 1);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rm(folder, { recursive: true }));

const WITH_PLATFORMS = nodeArguments(
  new URL("../../support/entries/start-with-platforms.ts", import.meta.url),
);

/** The real command, in a folder without a `.env`. */
function lfzStart(
  args: string[],
  env: Record<string, string> = {},
  script = [join(packageFolder, "src", "lfz.js")],
) {
  const child = spawn(process.execPath, [...script, "start", ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], LFZ_HOME: join(folder, `var-${homes++}`), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

describe("lfz start", () => {
  it("says where it is, answers, and ends on SIGTERM though a browser hangs on", async () => {
    const child = lfzStart(["--model", model, "--port", "0"]);
    const [, url] = await lines(child.stdout).with(/Chat +(http:\S+)/);

    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        max_tokens: 4,
        seed: 1,
        messages: [{ role: "user", content: "Hello" }],
      }),
    });
    child.kill("SIGTERM");

    expect(await response.json()).toMatchObject({ model: "tiny", object: "chat.completion" });
    expect(await once(child, "exit")).toEqual([130, null]);
  });

  it("says which chat services are connected, and leaves them on SIGTERM", async () => {
    const child = lfzStart(["--model", model, "--port", "0"], {}, WITH_PLATFORMS);
    const printed = lines(child.stdout);
    await printed.with(/Slack +connected/);

    child.kill("SIGTERM");

    await printed.with(/Slack was left/);
    expect(await once(child, "exit")).toEqual([130, null]);
  });

  it("ends with 1 and its words where a service needs a person, and leaves the others", async () => {
    const env = { PLATFORMS: "refusing", LFZ_LOG: "warn" };
    const child = lfzStart(["--model", model, "--port", "0"], env, WITH_PLATFORMS);
    const [printed, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);

    expect(errors).toBe(
      "error: Discord does not take the token.\nhint: Copy it again from the developer portal.\n",
    );
    expect(printed).toContain("Slack was left.");
    expect(code).toBe(1);
  });

  it("turns a second bot away from the same home", async () => {
    const env = { LFZ_HOME: join(folder, "shared") };
    const first = lfzStart(["--model", model, "--port", "0"], env);
    await lines(first.stdout).with(/is ready/);

    const second = lfzStart(["--model", model, "--port", "0"], env);
    const [errors, [code]] = await Promise.all([text(second.stderr), once(second, "exit")]);

    expect(errors).toContain(`The bot already runs in ${env.LFZ_HOME}: process ${first.pid}.`);
    expect(code).toBe(1);
  });

  it("says which model is champion where the operator names another one", async () => {
    const env = { LFZ_HOME: join(folder, "kept"), LFZ_LOG: "error" };
    const other = join(folder, "other");
    await cp(model, other, { recursive: true });
    const first = lfzStart(["--model", model, "--port", "0"], env);
    await lines(first.stdout).with(/Model +tiny/);
    first.kill("SIGTERM");
    await once(first, "exit");

    const named = lfzStart(["--port", "0"], { ...env, LFZ_MODEL: other });
    const printed = lines(named.stdout);
    await printed.with(/Model +other/);
    const [, champion] = await printed.with(/as you named it; the champion is (\w+)/);
    expect(champion).toBe("tiny");
  });

  it.each([
    [["--model", "nowhere"], {}, "nowhere"],
    [["--port", "70000"], {}, "--port 70000"],
    [[], { PORT: "http" }, "PORT=http"],
    [["--host", "0.0.0.0"], {}, "HOST 0.0.0.0"],
  ])("refuses %j with %j in one sentence and a hint", async (args, env, words) => {
    const child = lfzStart(["--port", "0", ...args], {
      LFZ_LOG: "error",
      LFZ_MODEL: model,
      ...env,
    });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);

    expect(errors).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(errors).toContain(words);
    expect(code).toBe(2);
  });
});

/** The lines of a stream, each looked at once. */
function lines(stream: Readable) {
  const iterator = createInterface({ input: stream })[Symbol.asyncIterator]();
  return {
    async with(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const { value, done } = await iterator.next();
        if (done) throw new Error(`The command ended without a line like ${pattern}.`);
        const found = pattern.exec(value);
        if (found) return found;
      }
    },
  };
}
