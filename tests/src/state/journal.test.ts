import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { nodeArguments } from "../../../src/core/entry.ts";
import { openJournal, type Journal } from "../../../src/state/journal.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const APPENDER = new URL("../../support/entries/appender.ts", import.meta.url);

const Said = z.strictObject({ text: z.string() });
type Said = z.infer<typeof Said>;

const said = (...texts: string[]): Said[] => texts.map((text) => ({ text }));

function openAt(path: string, log = silentLog): Promise<Journal<Said>> {
  return openJournal({ path, schema: Said, log });
}

async function textsOf(journal: Journal<Said>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of journal.records()) texts.push(text);
  return texts;
}

/** What a process that starts now reads from `path`. */
async function textsAt(path: string): Promise<string[]> {
  const journal = await openAt(path);
  const texts = await textsOf(journal);
  await journal.close();
  return texts;
}

async function journalOf(...texts: string[]): Promise<string> {
  const path = join(temporaryFolder(), "said.journal");
  const journal = await openAt(path);
  for (const record of said(...texts)) await journal.append(record);
  await journal.close();
  return path;
}

describe("a journal", () => {
  it("gives back whatever was appended, in order", async () => {
    const path = join(temporaryFolder(), "said.journal");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" })), async (texts) => {
        const journal = await openAt(path);
        await journal.rewrite([]);
        await Promise.all(said(...texts).map((record) => journal.append(record)));
        await journal.close();
        expect(await textsAt(path)).toEqual(texts);
      }),
      { numRuns: 20 },
    );
  });

  it("writes a line a record, with a checksum that sha256sum agrees with", async () => {
    const path = await journalOf("hello");

    // printf '{"text":"hello"}' | sha256sum
    expect(readFileSync(path, "utf8")).toBe('cbbbdcd27692 {"text":"hello"}\n');
  });

  it("lets appends that come at the same time share an fsync", async () => {
    const path = await journalOf();
    const journal = await openAt(path);
    const sync = vi.spyOn(await fileHandlePrototype(path), "sync");

    await Promise.all(said("a", "b", "c", "d", "e").map((record) => journal.append(record)));

    expect(sync.mock.calls.length).toBeLessThan(3);
    sync.mockRestore();
    expect(await textsOf(journal)).toEqual(["a", "b", "c", "d", "e"]);
    await journal.close();
  });

  it("refuses a record of another shape before anything is written", async () => {
    const path = await journalOf("fine");
    const journal = await openJournal({
      path,
      schema: Said.refine(({ text }) => text),
      log: silentLog,
    });

    await expect(journal.append({ text: "" })).rejects.toThrow(z.ZodError);
    await journal.append({ text: "too" });

    expect(await textsOf(journal)).toEqual(["fine", "too"]);
    await journal.close();
  });

  it("takes back what the disk did not take, and goes on after it", async () => {
    const path = await journalOf("one");
    const journal = await openAt(path);
    const sync = vi.spyOn(await fileHandlePrototype(path), "sync");
    sync.mockRejectedValueOnce(new Error("the disk is full"));

    await expect(journal.append({ text: "lost, and said so" })).rejects.toThrow("disk is full");
    expect(await textsOf(journal)).toEqual(["one"]);
    await journal.append({ text: "two" });
    await journal.close();

    expect(await textsAt(path)).toEqual(["one", "two"]);
  });

  it("leaves nothing behind of what the disk did not take when it is closed", async () => {
    const path = await journalOf("one");
    const journal = await openAt(path);
    const sync = vi.spyOn(await fileHandlePrototype(path), "sync");
    sync.mockRejectedValueOnce(new Error("the disk is full"));

    await expect(journal.append({ text: "lost, and said so" })).rejects.toThrow("disk is full");
    await journal.close();

    expect(readFileSync(path, "utf8")).not.toContain("lost");
  });

  it("does what it is asked in order: append, rewrite, append", async () => {
    const path = await journalOf("old");
    const journal = await openAt(path);

    await Promise.all([
      journal.append({ text: "in flight" }),
      journal.append({ text: "waiting" }),
      journal.rewrite(said("new")),
      journal.append({ text: "after" }),
      journal.close(),
    ]);

    expect(await textsAt(path)).toEqual(["new", "after"]);
  });

  it("is rewritten from its own records", async () => {
    const path = await journalOf("a", "b", "c");
    const journal = await openAt(path);
    async function* withoutB() {
      for await (const record of journal.records()) if (record.text !== "b") yield record;
    }

    await journal.rewrite(withoutB());

    expect(await textsOf(journal)).toEqual(["a", "c"]);
    await journal.close();
  });

  it("is as before where a rewrite fails half-way", async () => {
    const path = await journalOf("a", "b");
    const journal = await openAt(path);
    function* broken() {
      yield* said("x");
      throw new Error("the source broke");
    }

    await expect(journal.rewrite(broken())).rejects.toThrow("the source broke");
    await journal.append({ text: "c" });
    await journal.close();

    expect(await textsAt(path)).toEqual(["a", "b", "c"]);
    expect(readdirSync(join(path, ".."))).toEqual(["said.journal"]);
  });

  it("loses nothing where the disk fails after a rewrite has taken the name", async () => {
    const path = await journalOf("a");
    const journal = await openAt(path);
    const sync = vi.spyOn(await fileHandlePrototype(path), "sync");
    sync.mockResolvedValueOnce(); // the file itself
    sync.mockRejectedValueOnce(new Error("input/output error")); // its folder

    await expect(journal.rewrite(said("b"))).rejects.toThrow("input/output error");
    await journal.append({ text: "c" });
    await journal.close();

    expect(await textsAt(path)).toEqual(["b", "c"]);
  });

  it("goes on reading what there was while it is rewritten", async () => {
    const path = await journalOf("a", "b", "c");
    const journal = await openAt(path);
    const reading = journal.records()[Symbol.asyncIterator]();
    await reading.next();

    await journal.rewrite(said("new"));

    expect((await reading.next()).value).toEqual({ text: "b" });
    expect((await reading.next()).value).toEqual({ text: "c" });
    expect((await reading.next()).done).toBe(true);
    await journal.close();
  });
});

describe("a damaged journal", () => {
  it("that was cut anywhere holds every record that is whole, and takes new ones", async () => {
    const path = await journalOf("a", "안녕, b", "c");
    const bytes = readFileSync(path);
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
    for (let cut = 0; cut <= bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const whole = ["a", "안녕, b", "c"].slice(0, ends.filter((end) => end < cut).length);

      const journal = await openAt(path);
      await journal.append({ text: "new" });
      await journal.close();

      expect(await textsAt(path), `cut at ${cut}`).toEqual([...whole, "new"]);
    }
  });

  it("keeps the bytes that were cut off, and says so", async () => {
    const path = await journalOf("a");
    appendFileSync(path, '0123456789ab {"te');
    const { log, lines } = recordingLog();

    await (await openAt(path, log)).close();

    expect(lines).toMatchObject([
      { event: "journal ended torn", bytes: 17, kept: `${path}.torn-1` },
    ]);
    expect(readFileSync(`${path}.torn-1`, "utf8")).toBe('0123456789ab {"te');
    appendFileSync(path, "\0\0\0\0");
    await (await openAt(path)).close();
    expect(readFileSync(`${path}.torn-2`, "utf8")).toBe("\0\0\0\0");
    expect(await textsAt(path)).toEqual(["a"]);
  });

  it("loses to a changed byte no record but those that the byte belongs to", async () => {
    const texts = ["first", "second", "third", "fourth"];
    const path = await journalOf(...texts);
    const bytes = readFileSync(path);
    const recordOf = (at: number) => bytes.subarray(0, at).filter((byte) => byte === 10).length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const changed = Buffer.from(bytes);
          changed[at] = (bytes[at] ?? 0) ^ change;
          writeFileSync(path, changed);
          // A newline belongs to the record it ends and, lost, joins it to the next.
          const hurt = bytes[at] === 10 ? [recordOf(at), recordOf(at) + 1] : [recordOf(at)];

          expect(await textsAt(path)).toEqual(texts.filter((_, index) => !hurt.includes(index)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("leaves a bad line in the middle where it is, and reports it", async () => {
    const path = await journalOf("a", "b", "c");
    writeFileSync(path, readFileSync(path, "utf8").replace('"b"', '"B"'));
    const before = readFileSync(path, "utf8");
    const { log, lines } = recordingLog();
    const journal = await openAt(path, log);

    expect(await textsOf(journal)).toEqual(["a", "c"]);

    expect(lines).toMatchObject([{ event: "journal line left out", line: 2 }]);
    expect(readFileSync(path, "utf8")).toBe(before);
    await journal.close();
  });

  it("keeps beside it what a rewrite could not read", async () => {
    const path = await journalOf("a", "b", "c");
    writeFileSync(path, readFileSync(path, "utf8").replace('"b"', '"B"'));
    const journal = await openAt(path);

    await journal.rewrite(journal.records());
    await journal.close();

    expect(readFileSync(`${path}.damaged`, "utf8")).toMatch(/^[0-9a-f]{12} {"text":"B"}\n$/);
    expect(await textsAt(path)).toEqual(["a", "c"]);
  });

  it("skips a line that is longer than any record without holding it", async () => {
    const path = await journalOf("a");
    appendFileSync(path, `${"x".repeat(17 * 1024 * 1024)}\n`);
    appendFileSync(path, readFileSync(path).subarray(0, readFileSync(path).indexOf(10) + 1));

    expect(await textsAt(path)).toEqual(["a", "a"]);
    expect(existsSync(`${path}.torn-1`)).toBe(false);
  });
});

describe("a process that is killed while it appends", () => {
  it("leaves every record that it was told is on disk", async () => {
    const path = join(temporaryFolder(), "killed.journal");
    const child = spawn(process.execPath, [...nodeArguments(APPENDER), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 200) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");

    const journal = await openJournal({ path, schema: z.string(), log: silentLog });
    const found = new Set<string>();
    for await (const text of journal.records()) found.add(text.split(" ", 1)[0] ?? "");
    await journal.close();

    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
  });
});

/** Node exports no class for its file handles. */
async function fileHandlePrototype(path: string): Promise<{ sync(): Promise<void> }> {
  const handle = await open(path);
  await handle.close();
  return Object.getPrototypeOf(handle) as { sync(): Promise<void> }; // what `open` gives has it
}
