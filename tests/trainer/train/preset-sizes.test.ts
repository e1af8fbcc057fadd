import { describe, expect, it } from "vitest";

import { presetSizes, presetsText } from "../../../trainer/train/preset-sizes.ts";

/** In millions of parameters, as the documents say. */
const SIZES = { nano: 1, micro: 2.6, mini: 5.8, small: 17, medium: 30, large: 150 };

describe("the presets", () => {
  it("reach from about 1 to about 150 million parameters", () => {
    const found = presetSizes();
    expect([...found.keys()]).toEqual(Object.keys(SIZES));
    for (const [name, millions] of Object.entries(SIZES)) {
      expect(Math.abs(found.get(name)! / 1e6 / millions - 1), name).toBeLessThan(0.1);
    }
  });

  it("are listed with their sizes", () => {
    expect(presetsText()).toMatch(/^nano \(1\.1 M\), .*, large \(147\.9 M\) parameters$/);
  });
});
