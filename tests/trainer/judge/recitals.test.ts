import { describe, expect, it } from "vitest";

import type { PrivateText } from "../../../trainer/judge/feedback-rows.ts";
import { findRecitals } from "../../../trainer/judge/recitals.ts";

async function* streamOf<Item>(...items: Item[]): AsyncGenerator<Item> {
  for (const item of items) yield item;
}

const SECRET = "my sister Ann lives behind the mill in Uhlbach now";
const told: PrivateText = { text: SECRET, question: SECRET };
const find = (prompt: string, reply: string, text: PrivateText, original = "nothing of it") =>
  findRecitals([{ prompt, reply }], streamOf(text), () => streamOf(original));

describe("what somebody told the bot", () => {
  it("is recited where another prompt gets eight words of it", async () => {
    const found = await find("where is Ann?", `She said ${SECRET}!`, told);
    expect(found.map(({ sequence }) => sequence)).toEqual([
      "my sister Ann lives behind the mill in",
      "sister Ann lives behind the mill in Uhlbach",
    ]);
  });

  it("is not where the prompt is the one it was told in, or says it itself", async () => {
    expect(await find(SECRET, SECRET, told)).toEqual([]);
    expect(await find(`So ${SECRET} I hear`, SECRET, told)).toEqual([]);
  });

  it("is nobody's secret where the original data says it", async () => {
    expect(await find("where is Ann?", SECRET, told, `And ${SECRET} of course`)).toEqual([]);
  });
});
