import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { createConsole } from "../../../src/core/cli/console.ts";
import { stateProvenance } from "../../../trainer/commands/state-provenance.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const { signal } = new AbortController();

function atTerminal(answer: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(`${answer}\n`);
  const streams = memoryStreams({ terminal: true });
  const console = createConsole({ ...streams, stdin }, { json: false });
  return { context: { console, signal, fail: () => {} }, said: () => streams.stderr.text };
}

function fileWith(row: Record<string, unknown>): string {
  const path = join(temporaryFolder(), "chats.jsonl");
  const messages = [{ role: "user", content: "Hi" }];
  writeFileSync(path, `${JSON.stringify({ messages, ...row })}\n`);
  return path;
}

describe("what the operator says about conversations", () => {
  it("is asked at a terminal, once, where the rows are silent", async () => {
    const { context, said } = atTerminal("yes");
    const stated = await stateProvenance([fileWith({}), fileWith({})], {}, context);
    expect(stated.licence).toBe("private");
    expect(stated.consent).toMatch(/^stated at the terminal on \d{4}-\d\d-\d\d$/);
    expect(said().match(/Type yes to go on/g)).toHaveLength(1);
  });

  it("fills only what the flags left open", async () => {
    const { context } = atTerminal("Yes");
    const stated = await stateProvenance([fileWith({})], { licence: "CC0-1.0" }, context);
    expect(stated.licence).toBe("CC0-1.0");
    expect(stated.consent).toContain("stated at the terminal");
  });

  it("is nothing without a yes", async () => {
    const { context } = atTerminal("sure");
    expect(await stateProvenance([fileWith({})], {}, context)).toEqual({});
  });

  it("is not asked for where the rows speak for themselves, or nobody is there", async () => {
    const { context, said } = atTerminal("yes");
    const own = fileWith({ licence: "MIT", consent: "published" });
    expect(await stateProvenance([own], {}, context)).toEqual({});
    expect(said()).toBe("");

    const console = createConsole(memoryStreams(), { json: false });
    expect(await stateProvenance([fileWith({})], {}, { console, signal, fail: () => {} })).toEqual(
      {},
    );
  });
});
