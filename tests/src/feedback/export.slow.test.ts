/** A million records of feedback become a data set: what that costs the real command in time and in memory. */

import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { describe, expect, it } from "vitest";

import type { ContextRecord } from "../../../src/feedback/contexts.ts";
import { toRecord } from "../../../src/feedback/record.ts";
import { sha256Of } from "../../../src/core/files.ts";
import { toLine } from "../../../src/state/journal-lines.ts";
import { startLfz } from "../../support/run-lfz.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const RECORDS = 1_000_000;
const RECORDS_IN_SEGMENT = 20_000;
const PEOPLE = 9973;
const START = Date.UTC(2026, 0, 5);

const nameOf = (kind: string, number: number) => sha256Of(`${kind} ${number}`).slice(0, 20);

/** Every tenth is a better answer; nobody rates twice in an hour. */
function feedbackOf(number: number) {
  const [rater, at] = [nameOf("person", number % PEOPLE), START + number * 1000];
  const context: ContextRecord = {
    v: 1,
    id: sha256Of(`context ${number}`),
    at,
    place: { platform: "discord", community: "guild", channel: "hall" },
    turns: [{ role: "user", content: `What about ${number}, and what after it?`, author: rater }],
    reply: `After ${number} comes ${number + 1}.`,
  };
  const said = { at, rater, reply: nameOf("reply", number), model: "m", context: context.id };
  const verdict = number % 3 ? "good" : "bad";
  const record =
    number % 10 === 0
      ? toRecord({ kind: "correction", text: `It is ${number + 1}, of course.`, ...said })
      : toRecord({ kind: "rating", verdict, ...said });
  return { context, record };
}

async function fill(home: string): Promise<void> {
  const folders = { record: join(home, "feedback"), context: join(home, "feedback", "contexts") };
  mkdirSync(folders.context, { recursive: true });
  for (let first = 0; first < RECORDS; first += RECORDS_IN_SEGMENT) {
    const name = `${String(first / RECORDS_IN_SEGMENT + 1).padStart(6, "0")}.journal`;
    for (const kind of ["record", "context"] as const) {
      const lines = function* () {
        for (let more = 0; more < RECORDS_IN_SEGMENT; more++) {
          yield toLine(feedbackOf(first + more)[kind]);
        }
      };
      await pipeline(Readable.from(lines()), createWriteStream(join(folders[kind], name)));
    }
  }
  const people = Array.from({ length: PEOPLE }, (_, number) => [nameOf("person", number), 1]);
  writeFileSync(join(home, "consent.json"), JSON.stringify({ people: Object.fromEntries(people) }));
}

/** The most memory a process had so far, in megabytes; nothing once it is over. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmHWM:\s*(\d+)/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
  } catch {
    return undefined; // it has ended
  }
}

describe("a million records of feedback", () => {
  it("become a data set in a minute and 300 MB", async () => {
    const home = temporaryFolder();
    await fill(home);
    const start = performance.now();
    const lfz = startLfz(["feedback", "export", "--out", join(home, "out"), "--json"], {
      env: { LFZ_HOME: home },
    });
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(lfz.process.pid) ?? 0)), 100);
    const { code, json } = await lfz.result;
    clearInterval(watch);
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(`${JSON.stringify({ seconds, peakRssMb: peak })}\n`);
    expect(code).toBe(0);
    expect(json).toMatchObject({ outcomes: { taken: 900_000, waiting: 100_000 } });
    expect(seconds).toBeLessThan(60);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(300);
  });
});
