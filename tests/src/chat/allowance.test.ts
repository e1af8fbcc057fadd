import { describe, expect, it } from "vitest";

import { Allowance } from "../../../src/chat/allowance.ts";

const NOON = Date.UTC(2026, 0, 5, 12);

function open() {
  const time = { now: NOON };
  return { time, allowance: new Allowance(() => time.now) };
}

describe("Allowance", () => {
  it("gives eight replies at once, then one every six seconds", () => {
    const { time, allowance } = open();
    for (let reply = 0; reply < 8; reply++) expect(allowance.take("a", 100)).toBeUndefined();
    expect(allowance.take("a", 100)).toEqual({ reason: "burst", seconds: 6 });
    expect(allowance.take("b", 100)).toBeUndefined();
    time.now += 6000;
    expect(allowance.take("a", 100)).toBeUndefined();
    expect(allowance.take("a", 100)).toMatchObject({ reason: "burst" });
  });

  it("gives so many a day, and says when the next day begins", () => {
    const { time, allowance } = open();
    expect(allowance.take("a", 1)).toBeUndefined();
    expect(allowance.take("a", 1)).toEqual({ reason: "daily", limit: 1, hours: 12 });
    time.now += 12 * 3_600_000;
    expect(allowance.take("a", 1)).toBeUndefined();
    expect(allowance.take("b", 0)).toMatchObject({ reason: "daily", limit: 0 });
  });

  it("recalls the replies of today and no others", () => {
    const { allowance } = open();
    allowance.recall("a", NOON - 1000);
    allowance.recall("a", NOON - 13 * 3_600_000);
    expect(allowance.take("a", 2)).toBeUndefined();
    expect(allowance.take("a", 2)).toMatchObject({ reason: "daily" });
  });

  it("survives a clock that is set back", () => {
    const { time, allowance } = open();
    for (let reply = 0; reply < 8; reply++) allowance.take("a", 100);
    time.now -= 60_000;
    expect(allowance.take("a", 100)).toMatchObject({ reason: "burst", seconds: 6 });
  });
});
