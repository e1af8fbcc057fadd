import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openSeen, type SeenOptions } from "../../../src/state/seen.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

const clock = { now: 0 };

function optionsIn(folder: string, changes: Partial<SeenOptions> = {}): SeenOptions {
  clock.now = 1_000_000;
  return {
    path: join(folder, "seen.journal"),
    keepMs: 60_000,
    limit: 100,
    now: () => clock.now,
    log: silentLog,
    ...changes,
  };
}

const linesOf = ({ path }: SeenOptions) => readFileSync(path, "utf8").split("\n").length - 1;

describe("what was seen", () => {
  it("is claimed once, also by two at the same time", async () => {
    const seen = await openSeen(optionsIn(temporaryFolder()));

    expect(await Promise.all([seen.claim("a"), seen.claim("a"), seen.claim("b")])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await seen.claim("a")).toBe(false);
    await seen.close();
  });

  it("is known to the next process", async () => {
    const options = optionsIn(temporaryFolder());
    const first = await openSeen(options);
    await first.claim("a");
    await first.close();

    const second = await openSeen(options);

    expect([await second.claim("a"), await second.claim("b")]).toEqual([false, true]);
    await second.close();
  });

  it("is forgotten after its time, by this process and the next", async () => {
    const options = optionsIn(temporaryFolder());
    const seen = await openSeen(options);
    await seen.claim("a");
    clock.now += 60_000;
    expect(await seen.claim("a")).toBe(false);
    clock.now += 1;
    expect(await seen.claim("a")).toBe(true);
    await seen.close();

    clock.now += 60_001;
    const next = await openSeen(options);
    expect(await next.claim("a")).toBe(true);
    await next.close();
  });

  it("stays small on disk and in memory, however much comes", async () => {
    const options = optionsIn(temporaryFolder(), { limit: 10 });
    const seen = await openSeen(options);
    for (let id = 0; id < 95; id++) expect(await seen.claim(String(id))).toBe(true);
    await seen.close();

    expect(linesOf(options)).toBeLessThanOrEqual(20);
    const next = await openSeen(options);
    expect(await next.claim("94")).toBe(false);
    expect(await next.claim("0")).toBe(true);
    await next.close();
  });

  it("loses no claim that comes while it is tidied", async () => {
    const options = optionsIn(temporaryFolder(), { limit: 40 });
    const seen = await openSeen(options);
    const ids = Array.from({ length: 400 }, (_, id) => String(id));
    await Promise.all(ids.map((id) => seen.claim(id)));
    for (const id of ids.slice(0, 50)) await seen.claim(`late ${id}`);
    await seen.close();

    const next = await openSeen(options);
    const lately = ids.slice(20, 50).map((id) => next.claim(`late ${id}`));
    expect(new Set(await Promise.all(lately))).toEqual(new Set([false]));
    await next.close();
  });

  it("gives an id back if the disk did not take it", async () => {
    const seen = await openSeen(optionsIn(temporaryFolder()));
    await seen.close();

    await expect(seen.claim("a")).rejects.toThrow("closed");
    await expect(seen.claim("a")).rejects.toThrow("closed"); // not `false`: nobody has answered it
  });
});
