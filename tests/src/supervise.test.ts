import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { UnreachableError } from "../../src/chat/platform.ts";
import { HintedError } from "../../src/core/errors.ts";
import { supervise, type SuperviseOptions } from "../../src/supervise.ts";
import { ManualClock } from "../support/chat/manual-clock.ts";
import { recordingLog } from "../support/chat/open-bot.ts";

function supervised(
  serve: (signal: AbortSignal, clock: ManualClock) => Promise<void>,
  changes: Partial<SuperviseOptions> = {},
) {
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const { log, lines } = recordingLog();
  const options = { name: "discord", log, clock, chance: () => 1, ...changes };
  const done = supervise((signal) => serve(signal, clock), stop.signal, options);
  const pauses = () => lines.map(({ pauseMs }) => pauseMs);
  return { clock, stop, done, lines, pauses };
}

const reset = () => Promise.reject(new Error("connection reset"));

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
    const { clock, stop, done, pauses } = supervised(reset);

    await clock.advance(600_000);
    stop.abort();
    await done;

    expect(pauses()).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
    ]);
  });

  it("does not come back in step with all others: half of a pause is chance", async () => {
    const { clock, stop, done, pauses } = supervised(reset, { chance: () => 0 });

    await clock.advance(1000);
    stop.abort();
    await done;

    expect(pauses()).toEqual([500, 1000]);
  });

  it("begins with short pauses again after it ran well for a while", async () => {
    const lasting = [0, 0, 0, 60_000];
    const { clock, stop, done, pauses } = supervised(async (_, clock) => {
      await clock.sleep(lasting.shift() ?? 0);
      return reset();
    });

    await clock.advance(69_000);
    stop.abort();
    await done;

    expect(pauses()).toEqual([1000, 2000, 4000, 1000, 2000]);
  });

  it("counts an end that nobody asked for as lost, and says so", async () => {
    const { clock, stop, done, lines } = supervised(async () => {});

    await clock.advance(500);
    stop.abort();
    await done;

    expect(lines).toMatchObject([
      { event: "platform lost", error: { message: "It ended though nobody asked it to." } },
    ]);
  });

  it("waits for a service that cannot be reached, though there are words about it", async () => {
    const { clock, stop, done, lines } = supervised(async () => {
      throw new UnreachableError("Discord cannot be reached.", { hint: "Look at the network." });
    });

    await clock.advance(1500);
    stop.abort();
    await done;

    expect(lines).toMatchObject([
      {
        failures: 1,
        error: { message: "Discord cannot be reached.", hint: "Look at the network." },
      },
      { failures: 2 },
    ]);
  });

  it("is given up, without another try, where only a person can help", async () => {
    const reason = new HintedError("Discord refuses the token.", { hint: "Copy it again." });
    let tries = 0;
    const { done } = supervised(async () => {
      tries++;
      throw reason;
    });

    await expect(done).rejects.toMatchObject({
      message: "Discord refuses the token.",
      hint: "Copy it again.",
      exitCode: 1,
    });
    expect(tries).toBe(1);
  });

  it("stops at once in the middle of a pause", async () => {
    const { clock, stop, done } = supervised(reset);
    await clock.advance(500);

    stop.abort();

    await expect(done).resolves.toBeUndefined();
  });

  it("says that it closed badly, and lets the others close", async () => {
    const { stop, done, lines } = supervised(async (signal) => {
      await untilAborted(signal);
      throw new Error("the last message was not sent");
    });

    stop.abort();

    await done;
    expect(lines).toMatchObject([{ event: "platform closed badly" }]);
  });

  it("says who was lost and why", async () => {
    const failures: unknown[] = [];
    const { clock, stop, done, lines } = supervised(reset, {
      onFailure: (error) => failures.push(error),
    });
    await clock.advance(500);
    stop.abort();
    await done;

    expect(lines).toMatchObject([
      { level: "error", platform: "discord", failures: 1, error: { message: "connection reset" } },
    ]);
    expect(failures).toMatchObject([{ message: "connection reset" }]);
  });
});
