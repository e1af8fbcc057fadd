import { describe, expect, it } from "vitest";

import { ModelConfig } from "../../../src/core/model/config.ts";
import { slotsFor } from "../../../src/generate/cache-slots.ts";
import { TINY } from "../../support/tiny-model.ts";

const GIGABYTE = 2 ** 30;

describe("how many chats decode together", () => {
  it("is eight where memory is no question", () => {
    expect(slotsFor(TINY, 8 * GIGABYTE)).toBe(8);
  });

  it("is fewer where their caches would take more than an eighth of the memory", () => {
    const large = ModelConfig.parse({ ...TINY, layers: 30, context: 8192 }); // 63 MB a chat
    expect(slotsFor(large, 2 * GIGABYTE)).toBe(4);
  });

  it("is one at least", () => {
    const huge = ModelConfig.parse({ ...TINY, layers: 400, context: 32_768 });
    expect(slotsFor(huge, GIGABYTE)).toBe(1);
  });
});
