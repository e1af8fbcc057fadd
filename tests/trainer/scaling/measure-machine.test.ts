import { describe, expect, it } from "vitest";

import { PRESETS } from "../../../src/core/model/config.ts";
import { measureMachine } from "../../../trainer/scaling/measure-machine.ts";
import { runtimeOf } from "../../support/tiny-model.ts";

describe("a machine", () => {
  it("is measured with the products of every preset, and stops when somebody says stop", async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const { signal } = controller;
    const measuring = measureMachine(await runtimeOf("in-place"), {
      signal,
      onPreset: (preset) => {
        seen.push(preset);
        if (preset === "mini") controller.abort();
      },
    });
    await expect(measuring).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(seen).toEqual(["nano", "micro", "mini"]);
    expect(Object.keys(PRESETS).slice(0, 3)).toEqual(seen);
  });
});
