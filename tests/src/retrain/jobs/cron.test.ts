import { describe, expect, it } from "vitest";

import { nextTimes, readCron } from "../../../../src/retrain/jobs/cron.ts";

const NOW = Date.UTC(2026, 10, 26, 3, 0); // a Thursday

function next(expression: string): string[] {
  return nextTimes(readCron(expression), NOW, 3).map((time) => new Date(time).toISOString());
}

describe("readCron", () => {
  it("names the minutes after a moment, in UTC", () => {
    expect(next("0 3 * * *")).toEqual([
      "2026-11-27T03:00:00.000Z",
      "2026-11-28T03:00:00.000Z",
      "2026-11-29T03:00:00.000Z",
    ]);
    expect(next("*/20 22-23 * * sun")[0]).toBe("2026-11-29T22:00:00.000Z");
    expect(next("59 23 26 11 *")[0]).toBe("2026-11-26T23:59:00.000Z");
    expect(next("0 0 29 2 *")).toEqual([
      "2028-02-29T00:00:00.000Z",
      "2032-02-29T00:00:00.000Z",
      "2036-02-29T00:00:00.000Z",
    ]);
    expect(next("@weekly")[0]).toBe("2026-11-29T00:00:00.000Z");
  });

  it.each([
    ["61 * * * *", '"61" does not fit as minutes (the first field, 0 to 59).'],
    ["0 24 * * *", '"24" does not fit as hours (the second, 0 to 23).'],
    ["0 3 32 * *", '"32" does not fit as days of the month (the third, 1 to 31).'],
    ["0 3 * 13 *", '"13" does not fit as months (the fourth, 1 to 12).'],
    ["0 3 * * 8", '"8" does not fit as days of the week (the fifth, 0 to 7 or sun to sat).'],
    ["0 3 31 2 *", '"31" does not fit as days of the month (the third, 1 to 31).'],
    ["* *", '"* *" has 2 of five fields.'],
    ["0 0 3 * * *", '"0 0 3 * * *" has 6 of five fields.'],
    ["every morning at three please", '"every" does not fit as minutes'],
    ["", "A schedule has to say when."],
    ["@sometimes", '"@sometimes" is no schedule'],
  ])("refuses %j, and says why", (expression, complaint) => {
    expect(() => readCron(expression)).toThrow(complaint);
  });
});
