import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { ConfigurationError, HintedError } from "../../src/core/errors.ts";
import { supervise, type SuperviseOptions } from "../../src/supervise.ts";
import { keptLog } from "../support/kept-log.ts";
import { manualClock } from "../support/manual-clock.ts";
import { silentLog } from "../support/web-server.ts";

type Serve = (signal: AbortSignal) => Promise<void>;

function supervised(serve: Serve, changes: Partial<SuperviseOptions> = {}) {
  const clock = manualClock();
  const stop = new AbortController();
  const options = { name: "discord", log: silentLog, ...clock, chance: () => 1, ...changes };
  return { clock, stop, done: supervise(serve, stop.signal, options) };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

describe("a platform under supervision", () => {
  it("serves until it is told to stop", async () => {
    const { stop, done } = supervised(untilAborted);

    stop.abort();

    await expect(done).resolves.toBeUndefined();
  });

  it("begins again when it is lost, later each time, five minutes at most", async () => {
    const { clock, stop, done } = supervised(async () => {
      throw new Error("connection reset");
    });
    const pauses: number[] = [];
    for (let failure = 0; failure < 11; failure++) {
      const pause = await clock.someoneWaits();
      pauses.push(pause);
      clock.pass(pause);
    }
    stop.abort();
    await done;

    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(pauses.at(-1)).toBe(300_000);
  });

  it("does not come back in step with all others: half of a pause is chance", async () => {
    const { clock, stop, done } = supervised(() => Promise.reject(new Error("reset")), {
      chance: () => 0,
    });

    expect(await clock.someoneWaits()).toBe(500);
    stop.abort();
    await done;
  });

  it("begins with short pauses again after it ran well for a while", async () => {
    const lasting = [0, 0, 0, 60_000];
    const { clock, stop, done } = supervised(async () => {
      await Promise.resolve(); // until `clock` is there
      clock.pass(lasting.shift() ?? 0);
      throw new Error("connection reset");
    });
    const pauses: number[] = [];
    for (let failure = 0; failure < 5; failure++) {
      pauses.push(await clock.someoneWaits());
      clock.pass(pauses.at(-1) ?? 0);
    }
    stop.abort();
    await done;

    expect(pauses).toEqual([1000, 2000, 4000, 1000, 2000]);
  });

  it("counts an end that nobody asked for, and a failure a person might mend, as lost", async () => {
    const ends: Serve[] = [
      async () => {},
      () => Promise.reject(new HintedError("Discord cannot be reached.", { hint: "Wait." })),
      untilAborted,
    ];
    const { log, events } = keptLog();
    const { clock, stop, done } = supervised((signal) => (ends.shift() ?? untilAborted)(signal), {
      log,
    });
    clock.pass(await clock.someoneWaits());
    clock.pass(await clock.someoneWaits());
    stop.abort();
    await done;

    expect(events()).toEqual(["platform lost", "platform lost"]);
  });

  it("is given up, without another try, where only a person can help", async () => {
    const reason = new ConfigurationError("Discord refuses the token.", { hint: "Copy it again." });
    let tries = 0;
    const { done } = supervised(async () => {
      tries++;
      throw reason;
    });

    await expect(done).rejects.toBe(reason);
    expect(tries).toBe(1);
  });

  it("stops at once in the middle of a pause", async () => {
    const { clock, stop, done } = supervised(() => Promise.reject(new Error("reset")));
    await clock.someoneWaits();

    stop.abort();

    await expect(done).resolves.toBeUndefined();
  });

  it("says that it closed badly, and lets the others close", async () => {
    const { log, events } = keptLog();
    const { stop, done } = supervised(
      async (signal) => {
        await untilAborted(signal);
        throw new Error("the last message was not sent");
      },
      { log },
    );

    stop.abort();

    await done;
    expect(events()).toEqual(["platform closed badly"]);
  });

  it("says who was lost and why", async () => {
    const { log, lines } = keptLog();
    const failures: unknown[] = [];
    const { clock, stop, done } = supervised(() => Promise.reject(new Error("reset")), {
      log,
      onFailure: (error) => failures.push(error),
    });
    await clock.someoneWaits();
    stop.abort();
    await done;

    expect(lines).toMatchObject([
      {
        level: "error",
        platform: "discord",
        failures: 1,
        pauseMs: 1000,
        error: { message: "reset" },
      },
    ]);
    expect(failures).toMatchObject([{ message: "reset" }]);
  });
});
