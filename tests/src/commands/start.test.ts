import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { configOfPreset } from "../../../src/core/model/config.ts";
import { packageFolder } from "../../../src/core/package.ts";
import { writeRandomModel } from "../../../src/generate/random-model.ts";

let folder: string;
let model: string;
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

/** The real command, in a folder without a `.env`. */
function lfzStart(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(packageFolder, "src", "lfz.js"), "start", ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

describe("lfz start", () => {
  it("says where it is, answers, and ends on SIGTERM though a browser hangs on", async () => {
    const child = lfzStart(["--model", model, "--port", "0"]);
    const url = await lineWith(child.stdout, /Chat +(http:\S+)/);

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

async function lineWith(stream: Readable, pattern: RegExp): Promise<string> {
  for await (const line of createInterface({ input: stream })) {
    const found = pattern.exec(line)?.[1];
    if (found) return found;
  }
  throw new Error(`The command ended without a line like ${pattern}.`);
}
