/** A million ratings: what they cost on disk, in memory and in time. */

import { fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { describe, expect, it } from "vitest";

import { openFeedback } from "../../../src/feedback/open-feedback.ts";
import { openHome } from "../../../src/state/home.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const RECORDS = 1_000_000;
const AT_ONCE = 200;

const hex = (number: number) => number.toString(16).padStart(20, "0");

function percentile(times: number[], share: number): number {
  return times.sort((one, other) => one - other)[Math.floor(times.length * share)] ?? Infinity;
}

/** What this disk needs for a line at the least: the limit that no journal can beat. */
function fsyncTimes(folder: string): number[] {
  const fd = openSync(join(folder, "probe"), "a");
  return Array.from({ length: 500 }, () => {
    const start = performance.now();
    writeSync(fd, "x".repeat(200));
    fsyncSync(fd);
    return performance.now() - start;
  });
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

describe("a million ratings", () => {
  it("are written, opened, compacted and forgotten within their limits", async () => {
    const home = await openHome(temporaryFolder());
    const figures: Record<string, number> = {};
    let feedback = await openFeedback(home, silentLog);
    /** Every fifth is a second thought on the fourth before it. */
    const rating = (index: number) => ({
      kind: "rating" as const,
      verdict: index % 3 ? ("good" as const) : ("bad" as const),
      reply: hex(index % 5 === 4 ? index - 4 : index),
      rater: hex((index % 5 === 4 ? index - 4 : index) % 9973),
      at: 1_760_000_000_000 + index,
      model: "starter",
      context: `${hex(index)}${hex(index)}${hex(index)}abcd`,
    });
    const [, filling] = await timed(async () => {
      for (let index = 0; index < RECORDS; index += AT_ONCE) {
        const saves = Array.from({ length: AT_ONCE }, (_, more) =>
          feedback.ratings.save(rating(index + more)),
        );
        await Promise.all(saves);
      }
    });
    figures.recordsPerSecond = Math.round(RECORDS / (filling / 1000));

    const appends: number[] = [];
    for (let index = 0; index < 2000; index++) {
      appends.push((await timed(() => feedback.ratings.save(rating(RECORDS + index))))[1]);
    }
    figures.appendP50Ms = percentile(appends, 0.5);
    figures.appendP99Ms = percentile(appends, 0.99);
    figures.diskFsyncP99Ms = percentile(fsyncTimes(home.folder), 0.99);
    const { counts } = feedback.ratings;
    await feedback.close();

    const [reopened, opening] = await timed(() => openFeedback(home, silentLog));
    feedback = reopened;
    figures.openMs = opening;
    figures.rssAfterOpenMb = process.memoryUsage().rss / 1e6;
    expect(feedback.ratings.counts).toEqual(counts);

    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    const compacting = timed(() => feedback.ratings.compact());
    const meanwhile: number[] = [];
    const state = { isOver: false };
    void compacting.finally(() => (state.isOver = true));
    for (let index = 0; !state.isOver; index++) {
      meanwhile.push((await timed(() => feedback.ratings.save(rating(2 * RECORDS + index))))[1]);
    }
    const [dropped, compactMs] = await compacting;
    loop.disable();
    figures.compactMs = compactMs;
    figures.appendP99MsMeanwhile = percentile(meanwhile, 0.99);
    figures.loopDelayP99Ms = loop.percentile(99) / 1e6;
    expect(dropped).toBeGreaterThanOrEqual(RECORDS / 5);
    figures.peakRssMb = process.resourceUsage().maxRSS / 1e3;

    const [, forgetMs] = await timed(() => feedback.ratings.forget(hex(7)));
    figures.forgetMs = forgetMs;
    figures.rssAtTheEndMb = process.memoryUsage().rss / 1e6;
    process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
    await feedback.close();
    await home.close();

    expect(figures.openMs).toBeLessThan(3000);
    expect(figures.rssAfterOpenMb).toBeLessThan(300);
    // On a disk whose own fsync takes longer than 5 ms the journal can do no better.
    expect(figures.appendP99Ms).toBeLessThan(Math.max(5, 3 * figures.diskFsyncP99Ms));
  });
});
