import { describe, expect, it } from "vitest";

import { renderConversation } from "../../../src/core/chat/template.ts";
import { judgeReplies } from "../../../trainer/eval/judge-replies.ts";
import { byteTokenizer } from "../../support/byte-tokenizer.ts";
import { ScriptedDecoder } from "../../support/scripted-decoder.ts";
import { memoryShard } from "../support/memory-shard.ts";

const { sep, eos } = byteTokenizer.specials;

const shard = memoryShard(
  ["one two", "three"].map((answer) =>
    renderConversation(
      [
        { role: "user", content: "count" },
        { role: "assistant", content: answer },
      ],
      byteTokenizer,
    ),
  ),
);

/** Says "no no no" to everything. */
const decoder = () => {
  const script = [...byteTokenizer.encode("no no no"), eos];
  return new ScriptedDecoder((ids) => script[ids.length - 1 - ids.lastIndexOf(sep)] ?? eos);
};

describe("judgeReplies", () => {
  it("sets what the model says beside what stands in the data", async () => {
    const found = await judgeReplies(decoder(), byteTokenizer, shard, { count: 5 });
    expect(found?.model).toMatchObject({ replies: 2, distinct1: 1 / 6, meanWords: 3, ended: 1 });
    expect(found?.reference).toMatchObject({ replies: 2, distinct1: 1, meanWords: 1.5 });
    expect(found?.reference.meanTokens).toBe(6);
  });

  it("finds nothing where nobody is answered", async () => {
    const silent = memoryShard([]);
    expect(await judgeReplies(decoder(), byteTokenizer, silent, { count: 5 })).toBeUndefined();
  });

  it("stops when asked to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const judging = judgeReplies(decoder(), byteTokenizer, shard, { count: 5, signal });
    await expect(judging).rejects.toThrow("enough");
  });
});
