import { Template } from "@huggingface/jinja";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { renderConversation, renderPrompt } from "../../../../src/core/chat/template.ts";
import { toTokenizerConfig } from "../../../../src/core/tokenizer/tokenizer-config.ts";
import { tinyTokenizer } from "../../../support/tiny-tokenizer.ts";

const config = JSON.parse(toTokenizerConfig(512)) as Record<string, unknown>;
const template = new Template(String(config["chat_template"]));

const messages = fc.array(
  fc.record({
    role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
    content: fc.string({ unit: fc.constantFrom(..."a,b, ,\n,{,%,',é".split(",")) }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("tokenizer_config.json", () => {
  it("names the special tokens and the length of the context", () => {
    expect(config).toMatchObject({
      bos_token: "<sos>",
      eos_token: "<eos>",
      pad_token: "<pad>",
      unk_token: "<unk>",
      model_max_length: 512,
    });
  });

  it("renders any conversation in Jinja as we do", () => {
    fc.assert(
      fc.property(messages, (chat) => {
        const text = template.render({ messages: chat });
        const ids = tinyTokenizer.encode(text, { allowedSpecial: "all" });
        expect(ids).toEqual(renderConversation(chat, tinyTokenizer).ids);
      }),
    );
  });

  it("renders any prompt in Jinja as we do", () => {
    fc.assert(
      fc.property(messages, (chat) => {
        const text = template.render({ messages: chat, add_generation_prompt: true });
        const ids = tinyTokenizer.encode(text, { allowedSpecial: "all" });
        expect(ids).toEqual(renderPrompt(chat, tinyTokenizer));
      }),
    );
  });
});
