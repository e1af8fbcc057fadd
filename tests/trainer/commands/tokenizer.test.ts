import { access, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { beforeEach, describe, expect, it } from "vitest";

import type { Command } from "../../../src/core/cli/command.ts";
import { runCommand } from "../../../src/core/cli/run-command.ts";
import { readTokenizerFile } from "../../../src/core/tokenizer/tokenizer-file.ts";
import {
  tokenizerDecode,
  tokenizerEncode,
  tokenizerTrain,
} from "../../../trainer/commands/tokenizer.ts";
import { memoryStreams } from "../../support/memory-streams.ts";

const CHATS = [
  '{"messages":[{"role":"user","content":"hello hello there"},{"role":"assistant","content":"hello you"}]}',
  '{"messages":[{"speaker":"a","text":"are you there?"},{"speaker":"b","text":"here, there"}]}',
].join("\n");

async function run(command: Command, args: readonly string[], options = {}) {
  const streams = memoryStreams(options);
  const code = await runCommand(command, args, streams, new AbortController().signal);
  const out = streams.stdout.text;
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  const json: unknown = args.includes("--json") ? JSON.parse(last) : undefined;
  return { code, out, err: streams.stderr.text, json };
}

describe("lfz tokenizer", () => {
  let folder: string;
  let data: string;
  let out: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lfz-"));
    data = join(folder, "chats.jsonl");
    out = join(folder, "words");
    await writeFile(data, CHATS);
  });

  const train = (...more: string[]) =>
    run(tokenizerTrain, ["--data", data, "--vocab-size", "270", "--out", out, ...more]);

  it("trains into a folder that others can read, and reports", async () => {
    const { code, out: shown } = await train();
    expect(code).toBe(0);
    expect(shown).toMatch(/Bytes a token: \d\.\d\d/);
    expect((await readTokenizerFile(join(out, "tokenizer.json"))).vocabSize).toBe(270);
    const config = JSON.parse(await readFile(join(out, "tokenizer_config.json"), "utf8")) as object;
    expect(config).toHaveProperty("chat_template");
  });

  it("answers in JSON, the same for a gzipped file", async () => {
    const plain = await train("--json");
    expect(plain.json).toMatchObject({ vocabSize: 270, merges: 8, texts: 4, rarest: 3 });
    data = join(folder, "chats.jsonl.gz");
    await writeFile(data, gzipSync(CHATS));
    expect((await train("--json", "--force")).json).toEqual(plain.json);
  });

  it("says when it stopped early", async () => {
    const { err } = await run(tokenizerTrain, [
      "--data",
      data,
      "--vocab-size",
      "900",
      "--out",
      out,
    ]);
    expect(err).toMatch(/Stopped at \d+ of 900 tokens: no pair/);
  });

  it("keeps a tokenizer that is there unless forced", async () => {
    await train();
    const { code, err } = await train();
    expect(code).toBe(2);
    expect(err).toContain("There is a tokenizer already");
    expect((await train("--force")).code).toBe(0);
  });

  it("writes nothing where the input is bad", async () => {
    await writeFile(data, `${CHATS}\n{"messages":[{"role":"bot","content":"hi"}]}\n`);
    const bad = await train();
    expect(bad.code).toBe(2);
    expect(bad.err).toContain("chats.jsonl, line 3");
    expect((await train("--vocab-size", "261")).err).toContain("too small");
    await expect(access(out)).rejects.toThrow("ENOENT");
  });

  it("learns nothing from a row whose consent is false", async () => {
    const withheld = { messages: [{ role: "user", content: "a secret" }], consent: false };
    await writeFile(data, `${CHATS}\n${JSON.stringify(withheld)}\n`);
    const { code, err } = await train();
    expect(code).toBe(2);
    expect(err).toContain("line 3: consent is false, so nothing may learn from this row.");
    await expect(access(out)).rejects.toThrow("ENOENT");
  });

  it("encodes and decodes", async () => {
    await train();
    const text = "hello there <sos> é";
    const encoded = await run(tokenizerEncode, ["--tokenizer", out, text]);
    expect(encoded.err).toBe("");
    const ids = encoded.out.trim().split(" ");
    const { json } = await run(tokenizerEncode, ["--tokenizer", out, text, "--json"]);
    expect(json).toEqual({ ids: ids.map(Number) });
    expect((await run(tokenizerDecode, ["--tokenizer", out, ...ids])).out).toBe(`${text}\n`);
    expect(
      (
        await run(tokenizerDecode, [
          "--tokenizer",
          join(out, "tokenizer.json"),
          `[${ids.join(",")}]`,
        ])
      ).out,
    ).toBe(`${text}\n`);
  });

  it("makes special tokens only with --special", async () => {
    await train();
    const args = ["--tokenizer", out, "<sos>", "--json"];
    expect((await run(tokenizerEncode, args)).json).not.toEqual({ ids: [0] });
    expect((await run(tokenizerEncode, [...args, "--special"])).json).toEqual({ ids: [0] });
  });

  it("shows each token on its own background on a terminal", async () => {
    await train();
    const { err } = await run(tokenizerEncode, ["--tokenizer", out, "hello é"], { terminal: true });
    expect(err).toContain("\x1b[48;5;24mhello\x1b[0m");
    expect(err).toContain("\\xc3");
  });

  it("refuses ids and folders that are not there", async () => {
    await train();
    const { code, err } = await run(tokenizerDecode, ["--tokenizer", out, "7", "9999"]);
    expect(code).toBe(2);
    expect(err).toContain('"9999" is not an id of this tokenizer');
    const missing = await run(tokenizerEncode, ["--tokenizer", folder, "x"]);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain(join(folder, "tokenizer.json"));
  });
});
