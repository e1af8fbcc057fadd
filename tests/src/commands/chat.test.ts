import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeRandomModel } from "../../../src/generate/random-model.ts";
import { runLfz } from "../../support/run-lfz.ts";
import { TINY } from "../../support/tiny-model.ts";

let root: string;
let model: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "lfz-chat-"));
  model = join(root, "experiments", "tiny");
  await writeRandomModel(model, TINY, 5);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("lfz chat", () => {
  it("answers one message, the same for the same seed, and ends with the figures", async () => {
    const args = [
      "chat",
      "--model",
      model,
      "-p",
      "Hi",
      "--seed",
      "7",
      "--max-tokens",
      "9",
      "--json",
    ];
    const [once, piped] = [await runLfz(args), await runLfz(args.with(4, "-"), { stdin: "Hi\n" })];
    expect(once.code).toBe(0);
    expect(once.json).toEqual({
      reply: expect.any(String),
      tokens: 9,
      tokenIds: expect.any(Array),
      finishReason: "length",
      model: "tiny",
      tokensPerSecond: expect.any(Number),
      firstTokenMs: expect.any(Number),
    });
    expect(piped.json?.["tokenIds"]).toEqual(once.json?.["tokenIds"]);
  });

  it("answers a pipe line by line with the newest experiment of the folder", async () => {
    const args = ["chat", "--temperature", "0", "--max-tokens", "4"];
    const { code, stdout } = await runLfz(args, { cwd: root, stdin: "one\n\ntwo" });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").length).toBe(2);
  });

  it("says in words that a folder is no model", async () => {
    const { code, stderr } = await runLfz(["chat", "--model", join(root, "none"), "-p", "Hi"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: There is no model folder .*none\.\nhint: /);
  });
});
