import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { renderConversation } from "../../../src/core/chat/template.ts";
import { createConsole } from "../../../src/core/cli/console.ts";
import { prepareShards, type PrepareOptions } from "../../../trainer/data/prepare-shards.ts";
import type { Shard, ShardSet } from "../../../trainer/data/shards.ts";
import { SPLITS } from "../../../trainer/data/split.ts";
import { byteTokenizer } from "../../support/byte-tokenizer.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const terms = { licence: "CC0-1.0", consent: "written for this test" };

function messagesOf(i: number) {
  return [
    { role: "user" as const, content: `What is ${i}?` },
    { role: "assistant" as const, content: `${i} is a number.` },
  ];
}

function linesOf(from: number, to: number): string {
  return Array.from(
    { length: to - from },
    (_, i) => `${JSON.stringify({ messages: messagesOf(from + i) })}\n`,
  ).join("");
}

/** A corpus in a folder of its own, and how to prepare it. */
function corpus(content: string) {
  const home = temporaryFolder();
  const file = join(home, "chats.jsonl");
  const folder = join(home, "shards");
  writeFileSync(file, content);
  const streams = memoryStreams();
  const console = createConsole(streams, { json: false });
  const prepare = async (options: Partial<PrepareOptions> = {}) =>
    prepareShards({
      purpose: "training",
      files: [file],
      folder,
      tokenizer: byteTokenizer,
      console,
      now: new Date(),
      ...terms,
      ...options,
    });
  return { file, folder, streams, prepare };
}

function conversationsOf(shard: Shard) {
  return Array.from({ length: shard.conversations }, (_, i) => shard.read(i, 0, shard.length(i)));
}

function textsOf(set: ShardSet, name: (typeof SPLITS)[number]): string[] {
  return conversationsOf(set.split(name)).map(({ ids }) => byteTokenizer.decode(ids));
}

describe("prepareShards", () => {
  it("judges by rows without a licence, but does not learn from them", async () => {
    const { prepare } = corpus(linesOf(0, 20));
    const unstated = { licence: undefined, consent: undefined };
    await expect(prepare(unstated)).rejects.toThrow("no licence and no consent");
    const judged = await prepare({ ...unstated, purpose: "judging" });
    expect(SPLITS.flatMap((name) => conversationsOf(judged.split(name)))).toHaveLength(20);
    await expect(prepare(unstated)).rejects.toThrow("no licence and no consent");
  });

  it("holds every conversation once, as the template renders it", async () => {
    const set = await corpus(linesOf(0, 200)).prepare();
    const stored = SPLITS.flatMap((name) => conversationsOf(set.split(name)));
    const wanted = Array.from({ length: 200 }, (_, i) =>
      renderConversation(messagesOf(i), byteTokenizer),
    ).map(({ ids, reply }) => ({
      ids: Int32Array.from(ids),
      reply: Uint8Array.from(reply, Number),
    }));
    const sorted = (items: typeof stored) => items.map((item) => JSON.stringify(item)).sort();
    expect(sorted(stored)).toEqual(sorted(wanted));
    set.close();
  });

  it("counts splits, tokens and sources in its manifest", async () => {
    const { manifest } = await corpus(linesOf(0, 40)).prepare();
    const sum = (key: "conversations" | "tokens") =>
      SPLITS.reduce((total, name) => total + manifest.splits[name][key], 0);
    expect(sum("conversations")).toBe(40);
    expect(manifest.splits.validation.conversations).toBeGreaterThan(0);
    expect(manifest.splits.test.conversations).toBeGreaterThan(0);
    expect(manifest.sources).toEqual({
      chats: {
        conversations: 40,
        tokens: sum("tokens"),
        licences: ["CC0-1.0"],
        consents: [terms.consent],
      },
    });
  });

  it("does the work once for the same data, tokenizer and terms", async () => {
    const { folder, prepare } = corpus(linesOf(0, 20));
    const first = await prepare();
    expect((await prepare()).folder).toBe(first.folder);
    expect((await prepare({ consent: "asked anew" })).folder).not.toBe(first.folder);
    expect((await prepare({ tokenizer: { ...byteTokenizer, hash: "other" } })).folder).not.toBe(
      first.folder,
    );
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it("says of a file under another name where its rows come from", async () => {
    const { file, prepare } = corpus(linesOf(0, 20));
    await prepare();
    const renamed = join(file, "..", "letters.jsonl");
    renameSync(file, renamed);
    const { manifest } = await prepare({ files: [renamed] });
    expect(Object.keys(manifest.sources)).toEqual(["letters"]);
  });

  it("does the work once for two processes that begin together", async () => {
    const { folder, prepare } = corpus(linesOf(0, 20));
    const [one, other] = await Promise.all([prepare(), prepare()]);
    expect(other.folder).toBe(one.folder);
    expect(textsOf(other, "train")).toEqual(textsOf(one, "train"));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("keeps nothing on disk of what people said, of preferences, and of what only judges", async () => {
    const { file, folder, prepare } = corpus(linesOf(0, 20));
    const judged = await prepare({ purpose: "judging" });
    appendFileSync(file, `${JSON.stringify({ messages: messagesOf(20), author: "somebody" })}\n`);
    const learnt = await prepare();
    expect(learnt.people.authors).toEqual(["somebody"]);
    const thumb = { messages: messagesOf(0), label: true };
    writeFileSync(file, `${JSON.stringify(thumb)}\n`.repeat(3));
    const rated = await prepare({ method: "kto" });
    expect(readdirSync(folder)).toEqual([]);
    const heldBy = (set: ShardSet) => SPLITS.flatMap((name) => textsOf(set, name)).length;
    expect([judged, learnt, rated].map(heldBy)).toEqual([20, 21, 3]);
  });

  it("removes what was not used for a month, and what an older version has left", async () => {
    const { file, folder, prepare } = corpus(linesOf(0, 20));
    const kept = await prepare();
    renameSync((await prepare({ consent: "older" })).folder, join(folder, "29d06041-7c27430c"));
    const longAgo = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
    utimesSync(kept.folder, longAgo, longAgo);
    const other = join(file, "..", "other.jsonl");
    writeFileSync(other, linesOf(20, 40));
    const { folder: only } = await prepare({ files: [other] });
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([only]);
    expect(textsOf(kept, "train").length).toBeGreaterThan(0); // open, it can be read on
  });

  it("counts as used what is prepared again", async () => {
    const { folder, prepare } = corpus(linesOf(0, 20));
    const first = await prepare();
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
    await prepare({ now: inDays(20) });
    expect((await prepare({ now: inDays(40) })).folder).toBe(first.folder);
    await prepare({ now: inDays(80), consent: "asked anew" });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("moves no conversation to another split when rows are added", async () => {
    const { file, prepare } = corpus(linesOf(0, 600));
    const before = await prepare();
    appendFileSync(file, linesOf(600, 900));
    const after = await prepare();
    expect(after.folder).not.toBe(before.folder);
    for (const name of SPLITS) {
      expect(new Set(textsOf(after, name))).toEqual(
        new Set([...textsOf(before, name), ...textsOf(after, name)]),
      );
    }
  });

  it("makes damaged shards again", async () => {
    const { prepare } = corpus(linesOf(0, 20));
    const { folder } = await prepare();
    truncateSync(join(folder, "tokens.bin"), 10);
    const again = await prepare();
    expect(again.folder).toBe(folder);
    expect(textsOf(again, "train").length).toBeGreaterThan(0);
  });

  it("leaves nothing behind when a row is bad, and clears what others left", async () => {
    const { folder, prepare } = corpus(`${linesOf(0, 5)}{"messages":[]}\n`);
    mkdirSync(join(folder, "writing-999999999-abcd"), { recursive: true });
    await expect(prepare()).rejects.toThrow("line 6: messages is an empty list.");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("stops when it is told to, leaving nothing behind", async () => {
    const { folder, prepare } = corpus(linesOf(0, 5));
    await expect(prepare({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it("takes four bytes a token where two are too few", async () => {
    const large = { ...byteTokenizer, vocabSize: 100_000, encode: () => [99_999], hash: "large" };
    const set = await corpus(linesOf(0, 3)).prepare({ tokenizer: large });
    expect([...(conversationsOf(set.split("train"))[0]?.ids ?? [])]).toContain(99_999);
  });

  it("says what it found", async () => {
    const { streams, prepare } = corpus(linesOf(0, 3));
    await prepare();
    expect(streams.stderr.text).toContain(
      "Data: 1 conversations to learn from, 1 to validate, 1 to test;",
    );
  });
});
