import { describe, expect, it } from "vitest";

import { greedyReply } from "../../../trainer/eval/greedy-reply.ts";
import { byteTokenizer } from "../../support/byte-tokenizer.ts";
import { ScriptedDecoder } from "../../support/scripted-decoder.ts";

const { sos, sep, eos, stop } = byteTokenizer.specials;
const PROMPT = [sos, ...byteTokenizer.encode("Hi"), sep];

/** Says a text after the prompt, then ends it. */
function decoderSaying(text: string, end: number = eos, context = 200) {
  const script = [...byteTokenizer.encode(text), end];
  return new ScriptedDecoder((ids) => script[ids.length - PROMPT.length] ?? end, { context });
}

describe("greedyReply", () => {
  it("says what the model finds likeliest until it ends", async () => {
    const decoder = decoderSaying("안녕!");
    expect(await greedyReply(decoder, byteTokenizer, PROMPT, 50)).toEqual({
      text: "안녕!",
      tokens: 7,
      ended: true,
    });
  });

  it("reads the prompt once and then a token at a time", async () => {
    const decoder = decoderSaying("ab");
    await greedyReply(decoder, byteTokenizer, PROMPT, 50);
    expect(decoder.calls).toEqual(["read 0: 4 at 0", "read 0: 1 at 4", "read 0: 1 at 5"]);
  });

  it("is cut at its longest, or where the context ends", async () => {
    const cut = { text: "abc", tokens: 3, ended: false };
    expect(await greedyReply(decoderSaying("abcdef"), byteTokenizer, PROMPT, 3)).toEqual(cut);
    const small = decoderSaying("abcdef", eos, PROMPT.length + 3);
    expect(await greedyReply(small, byteTokenizer, PROMPT, 50)).toEqual(cut);
    const full = decoderSaying("abc", eos, PROMPT.length);
    expect(await greedyReply(full, byteTokenizer, PROMPT, 50)).toMatchObject({ text: "" });
  });

  it("is silent where the model has nothing to say", async () => {
    expect(await greedyReply(decoderSaying("", stop), byteTokenizer, PROMPT, 50)).toEqual({
      text: "",
      tokens: 0,
      ended: true,
    });
  });

  it("never says a special token that ends nothing", async () => {
    const decoder = new ScriptedDecoder(() => sep);
    expect(await greedyReply(decoder, byteTokenizer, PROMPT, 3)).toEqual({
      text: "",
      tokens: 0,
      ended: true, // with the next likeliest that may be said: the first of equals
    });
  });
});
