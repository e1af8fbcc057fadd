import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Groups } from "../../../src/feedback/groups.ts";
import { Names } from "../../../src/feedback/names.ts";

describe("names", () => {
  it("are numbered in the order they come, and come back whole", () => {
    const name = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9a-f]{1,40}$/));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 300 }), (all) => {
        const names = new Names();
        const unlike = [...new Set(all)];
        expect(all.map((one) => names.numberOf(one))).toEqual(
          all.map((one) => unlike.indexOf(one)),
        );
        expect(unlike.map((_, number) => names.nameOf(number))).toEqual(unlike);
        expect(names.size).toBe(unlike.length);
      }),
    );
  });
});

describe("groups", () => {
  it("hold what shares a number, in its order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (shared) => {
        const things = Uint32Array.from(shared.keys());
        const groups = new Groups(things, 21, (thing) => shared[thing] ?? 0);
        const expected = Array.from({ length: 21 }, (_, group) =>
          [...things].filter((thing) => shared[thing] === group),
        );
        expect([...groups].map((members) => [...members])).toEqual(expected);
        expect([...groups.members]).toEqual(expected.flat());
      }),
    );
  });
});
