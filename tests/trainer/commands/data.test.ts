import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { runCommand } from "../../../src/core/cli/run-command.ts";
import type { Command } from "../../../src/core/cli/command.ts";
import { dataImport, dataInspect } from "../../../trainer/commands/data.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const canonical = {
  messages: [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello!" },
  ],
  source: "own",
  licence: "CC0-1.0",
  consent: "mine",
};
const spoken = {
  id: "7",
  messages: [
    { speaker: "ann", text: "Привет" },
    { speaker: "bob", text: "Привет, Ann!" },
    { speaker: "ann", text: "Пока" },
  ],
  topic: "greeting",
};

const linesOf = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

function fileOf(content: string, name = "chats.jsonl"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function run(command: Command, ...args: string[]) {
  const streams = memoryStreams();
  const code = await runCommand(command, args, streams, new AbortController().signal);
  const { stdout, stderr } = { stdout: streams.stdout.text, stderr: streams.stderr.text };
  return { code, stdout, stderr, json: () => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") };
}

describe("data inspect", () => {
  it("counts, draws and shows what the bot learns to say", async () => {
    const file = fileOf(linesOf(canonical, spoken));
    const { code, stdout } = await run(dataInspect, file);
    expect(code).toBe(0);
    expect(stdout.replaceAll(file, "FILE")).toBe(`2 conversations, 5 messages
sources  own 50 %, chats 50 %
scripts  Latin 50 %, Cyrillic 50 %

Messages in a conversation: 2 to 3, 2.5 on average
    2  ████████████████████████████████████████  1
  3-4  ████████████████████████████████████████  1

Characters in a message: 2 to 12, 6 on average
     2  ████████████████████  1
   3-4  ████████████████████  1
   5-8  ████████████████████████████████████████  2
  9-16  ████████████████████  1

As it is learnt, with what the bot learns to say in brackets:

<sos>Hi<sep>[Hello!<eos><stop>]

<sos>Привет<sep>[Привет, Ann!<eos>]<sos>Пока<sep>[<stop>]

Remarks
  no licence: training needs --licence (FILE, line 2)
  no consent: training needs --consent (FILE, line 2)
`);
  });

  it("answers with one object for programs", async () => {
    const { code, json } = await run(dataInspect, fileOf(linesOf(canonical, canonical)), "--json");
    expect(code).toBe(0);
    expect(json()).toMatchObject({
      conversations: 2,
      badRows: 0,
      scripts: { Latin: 2 },
      messages: { count: 2, mean: 2, min: 2, max: 2, buckets: [{ from: 2, to: 2, count: 2 }] },
      examples: ["<sos>Hi<sep>[Hello!<eos><stop>]", "<sos>Hi<sep>[Hello!<eos><stop>]"],
    });
  });

  it("lists bad rows by line and fails", async () => {
    const file = fileOf(`${linesOf(canonical)}oops\n${linesOf({ messages: [] }, canonical)}`);
    const { code, stdout, stderr } = await run(dataInspect, file, "--examples", "0");
    expect(code).toBe(2);
    expect(stdout).toContain(
      `Problems\n  ${file}, line 2: not JSON: "oops".\n  ${file}, line 3: messages is an empty list.\n`,
    );
    expect(stderr).toContain("error: 2 of 4 rows are bad.\nhint: ");
  });

  it("says what feedback is for, and shows none of it as learnt", async () => {
    const { messages, ...origin } = canonical;
    const pair = { prompt: "Hi", chosen: "Hello!", rejected: "What?", ...origin };
    const bad = { messages, label: false, ...origin };
    const good = { prompt: "Hi", completion: "Hello!", label: true, ...origin };
    const file = fileOf(linesOf(pair, bad, good));
    const { code, stdout } = await run(dataInspect, file);
    expect(code).toBe(0);
    expect(stdout).not.toContain("As it is learnt");
    expect(stdout.replaceAll(file, "FILE")).toContain(`Remarks
  a pair of replies: for finetune --method dpo (FILE, line 1)
  a rated reply: for finetune --method kto (FILE, line 2 and 1 more)
`);
  });

  it("calls a pair bad that says nothing", async () => {
    const pair = { prompt: "Hi", chosen: "Hello!", rejected: "Hello!" };
    const { code, stdout } = await run(dataInspect, fileOf(linesOf(pair)));
    expect(code).toBe(2);
    expect(stdout).toContain('line 1: chosen and rejected are both "Hello!".');
  });

  it("keeps control characters of strangers off the terminal", async () => {
    const messages = [{ role: "user", content: "\x1b[31mred" }];
    const row = { ...canonical, messages, source: "\x1b[2Jforum" };
    const { stdout } = await run(dataInspect, fileOf(linesOf(row)));
    expect(stdout).toContain("<sos>\uFFFD[31mred<sep>");
    expect(stdout).toContain("sources  \uFFFD[2Jforum 100 %");
  });
});

describe("data import", () => {
  it("writes the canonical shape and keeps everything else a row says", async () => {
    const out = join(temporaryFolder(), "out.jsonl");
    const terms = ["--licence", "MIT", "--consent", "asked"];
    const { code, json } = await run(
      dataImport,
      fileOf(linesOf(spoken, canonical)),
      "--out",
      out,
      ...terms,
      "--json",
    );
    expect(code).toBe(0);
    expect(json()).toEqual({ out, conversations: 2, missing: {} });
    expect(
      readFileSync(out, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        id: "7",
        messages: [
          { role: "user", name: "ann", content: "Привет" },
          { role: "assistant", name: "bob", content: "Привет, Ann!" },
          { role: "user", name: "ann", content: "Пока" },
        ],
        topic: "greeting",
        source: "chats",
        licence: "MIT",
        consent: "asked",
      },
      canonical,
    ]);
  });

  it("says which rows will need a licence and consent", async () => {
    const out = join(temporaryFolder(), "out.jsonl.gz");
    const { stderr, json } = await run(dataImport, fileOf(linesOf(spoken)), "--out", out, "--json");
    expect(json()).toMatchObject({ missing: { licence: 1, consent: 1 } });
    expect(stderr).toContain("1 have no licence; say it with --licence, here or in training.");
    expect(JSON.parse(gunzipSync(readFileSync(out)).toString())).toMatchObject({ id: "7" });
  });

  it.each(["out.jsonl", "out.jsonl.gz"])("leaves no %s when a row is bad", async (name) => {
    const folder = temporaryFolder();
    const file = fileOf(`${linesOf(canonical)}{"messages":7}\n`);
    const { code, stderr } = await run(dataImport, file, "--out", join(folder, name));
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${file}, line 2: messages is 7.`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lists the formats there are when a file has another", async () => {
    const out = join(temporaryFolder(), "out.jsonl");
    const { code, stderr } = await run(dataImport, fileOf("role,text\n", "a.csv"), "--out", out);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /a\.csv is in no format that can be imported\.\nhint: Formats: jsonl \(/,
    );
    expect(existsSync(out)).toBe(false);
  });
});
