import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { nodeArguments } from "../../../src/core/entry.ts";
import {
  FORGETTING,
  openSegments,
  readSegments,
  type Segments,
} from "../../../src/state/segments.ts";
import { recordingLog } from "../../support/chat/open-bot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const APPENDER = new URL("../../support/entries/segment-appender.ts", import.meta.url);

/** Room for two of these tests' records a segment. */
const SMALL = 50;

function openAt(folder: string, log = silentLog): Promise<Segments<string>> {
  return openSegments({ folder, schema: z.string(), log, segmentBytes: SMALL });
}

async function textsOf(records: AsyncIterable<string>): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of records) texts.push(text);
  return texts;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `record ${index}`);

async function filled(folder: string, count: number): Promise<Segments<string>> {
  const segments = await openAt(folder);
  for (const name of names(count)) await segments.append(name);
  return segments;
}

const filesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".journal"));

describe("segments", () => {
  it("give back all records in order, across files and restarts", async () => {
    const folder = temporaryFolder();
    const segments = await filled(folder, 20);
    await segments.close();
    const again = await openAt(folder);
    await again.append("the last");
    expect(await textsOf(again.records())).toEqual([...names(20), "the last"]);
    expect(await textsOf(again.records({ from: 2, to: 2 }))).toEqual([
      "record 3",
      "record 4",
      "record 5",
    ]);
    expect(filesIn(folder).length).toBeGreaterThan(5);
    await again.close();
  });

  it("keep the order of records that come all at once, each with the segment it lies in", async () => {
    const folder = temporaryFolder();
    const segments = await openAt(folder);
    const numbers = await Promise.all(
      names(50).map(async (name, index) => {
        if (index % 10 === 0) await segments.append(`before ${name}`);
        return segments.append(name);
      }),
    );
    await segments.close();
    const lying = numbers.map((number) =>
      readFileSync(join(folder, `${String(number).padStart(6, "0")}.journal`), "utf8"),
    );
    expect(names(50).filter((name, index) => !lying[index]?.includes(`"${name}"`))).toEqual([]);
  });

  it("drop and change records while new ones come, and delete what is left empty", async () => {
    const folder = temporaryFolder();
    const segments = await filled(folder, 12);
    const before = filesIn(folder).length;
    const edited = segments.edit((record, position) => {
      if (position < 6) return undefined;
      return record === "record 7" ? "seven" : record;
    });
    await segments.append("meanwhile");
    expect((await edited).dropped).toBe(6);
    expect(await textsOf(segments.records())).toEqual([
      "record 6",
      "seven",
      ...names(12).slice(8),
      "meanwhile",
    ]);
    expect(filesIn(folder).length).toBeLessThan(before);
    await segments.close();
  });

  it("keep what cannot be read, in its place or beside, until somebody is forgotten", async () => {
    const folder = temporaryFolder();
    await (await filled(folder, 12)).close();
    const damage = (name: string, record: string) => {
      const path = join(folder, name);
      writeFileSync(path, readFileSync(path, "utf8").replace(record, record.toUpperCase()));
    };
    damage("000001.journal", "record 1");
    damage("000002.journal", "record 4");
    appendFileSync(join(folder, filesIn(folder).at(-1) ?? ""), '0123456789ab "RECORD 12');
    const segments = await openAt(folder);
    const found = () => {
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
      return texts.join().match(/RECORD \d+/g) ?? [];
    };
    await segments.edit((record) => (record === "record 0" ? undefined : record));
    expect(readFileSync(join(folder, "000001.journal.damaged"), "utf8")).toContain("RECORD 1");
    expect(found().toSorted()).toEqual(["RECORD 1", "RECORD 12", "RECORD 4"]);
    await segments.edit((record) => record, FORGETTING);
    expect(found()).toEqual([]);
    expect(await textsOf(segments.records())).toEqual(
      names(12).filter((name) => !["record 0", "record 1", "record 4"].includes(name)),
    );
    await segments.close();
  });

  it("discard what a crash tore before a moment, and what a rewrite left over", async () => {
    const folder = temporaryFolder();
    const segments = await filled(folder, 4);
    const aside = {
      "000001.journal.torn-1": 10,
      "000001.journal.torn-2": 30,
      "000001.journal.damaged": 30,
    }; // seconds since 1970
    for (const [name, at] of Object.entries(aside)) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), at, at);
    }
    await segments.discardUnreadable(20_000);
    expect(readdirSync(folder).filter((name) => name in aside)).toEqual(["000001.journal.torn-2"]);
    expect(await textsOf(segments.records())).toEqual(names(4));
    await segments.close();
  });

  it("keep nothing that was half written when a process was killed", async () => {
    const folder = temporaryFolder();
    await (await filled(folder, 4)).close();
    writeFileSync(join(folder, "000001.journal.1a2b3c4d.tmp"), "what somebody said");
    await (await openAt(folder)).close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("go on in the old file as long as the next one cannot be begun, and say so", async () => {
    const folder = temporaryFolder();
    const { log, lines } = recordingLog();
    const segments = await openSegments({ folder, schema: z.string(), log, segmentBytes: SMALL });
    mkdirSync(join(folder, "000002.journal")); // in the way
    for (const name of names(6)) await segments.append(name);
    expect(lines).toContainEqual(expect.objectContaining({ event: "journal not divided" }));
    rmdirSync(join(folder, "000002.journal"));
    for (const name of names(9).slice(6)) await segments.append(name);
    expect(segments.sealed).toBeGreaterThan(0);
    expect(await textsOf(segments.records())).toEqual(names(9));
    await segments.close();
  });

  it("are read by a process that writes nothing, with the end still torn", async () => {
    const folder = temporaryFolder();
    const segments = await filled(folder, 4);
    const last = join(folder, filesIn(folder).at(-1) ?? "");
    appendFileSync(last, "half of a li");
    const size = readFileSync(last).length;
    const options = { folder, schema: z.string(), log: silentLog };
    expect(await textsOf(readSegments(options))).toEqual(names(4));
    expect(readFileSync(last)).toHaveLength(size);
    expect(await textsOf(readSegments({ ...options, folder: join(folder, "none") }))).toEqual([]);
    await segments.close();
  });

  it("lose nothing that was promised to a torn last write", async () => {
    const folder = temporaryFolder();
    await (await filled(folder, 5)).close();
    const last = join(folder, filesIn(folder).at(-1) ?? "");
    appendFileSync(last, '0123456789ab "never acknow');
    const again = await openAt(folder);
    expect(await textsOf(again.records())).toEqual(names(5));
    await again.close();
    truncateSync(last, readFileSync(last).length - 3); // a torn record in the last segment only
    const cut = await openAt(folder);
    expect(await textsOf(cut.records())).toEqual(names(4));
    await cut.close();
  });
});

describe("a process that is killed while segments begin, end and are thinned out", () => {
  it("leaves every record that it was told is on disk, once and in order", async () => {
    const folder = temporaryFolder();
    const child = spawn(process.execPath, [...nodeArguments(APPENDER), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 150) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const segments = await openAt(folder);
    const found = (await textsOf(segments.records())).filter((text) => !text.includes(" "));
    await segments.close();
    expect(acknowledged.filter((name) => !found.includes(name))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
    const ofFirst = found.filter((name) => name.startsWith("0/"));
    expect(ofFirst).toEqual(ofFirst.map((_, index) => `0/${index}`));
  });
});
