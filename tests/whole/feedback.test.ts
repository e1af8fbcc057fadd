/** Both halves at once: what the bot's feedback becomes, the trainer takes as it is. */

import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { exportFeedback } from "../../src/feedback/export.ts";
import { readConversations } from "../../trainer/data/read-conversations.ts";
import { renderPreferences } from "../../trainer/data/preference-rows.ts";
import { exampleTokenizer } from "../support/example-model.ts";
import { keptFeedback } from "../support/kept-feedback.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function countOf(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}

describe("exported feedback", () => {
  it("is what each method of finetune learns from, with nothing to state about it", async () => {
    const { reply, agree, set, source } = keptFeedback();
    await agree("anna", "ben");
    set({ review: false });
    for (const [index, question] of ["Hello", "Bye", "Who?"].entries()) {
      const answer = await reply("anna", question, `Answer ${index}`, `reply ${index}`);
      answer.correct("ben", `Better ${index}`);
      answer.rate("ben", index % 2 ? "good" : "bad");
    }
    const folder = join(temporaryFolder(), "feedback");
    const now = Date.UTC(2026, 1, 1);
    await exportFeedback(source, { folder, licence: "ours", perPerson: 100, since: 0, now });

    const files = (name: string) => [join(folder, name)];
    const rendered = (name: string, method: "dpo" | "kto") =>
      renderPreferences(files(name), {}, { method, tokenizer: exampleTokenizer });
    expect(await countOf(readConversations(files("corrections.jsonl")))).toBe(3);
    expect(await countOf(rendered("pairs.jsonl", "dpo"))).toBe(3);
    expect(await countOf(rendered("thumbs.jsonl", "kto"))).toBe(3);
  });
});
