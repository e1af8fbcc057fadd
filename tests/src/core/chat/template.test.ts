import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Message } from "../../../../src/core/chat/conversation.ts";
import { renderConversation, renderPrompt } from "../../../../src/core/chat/template.ts";
import { byteTokenizer, spelled } from "../../../support/byte-tokenizer.ts";

const system = (content: string): Message => ({ role: "system", content });
const user = (content: string): Message => ({ role: "user", content });
const bot = (content: string): Message => ({ role: "assistant", content });

const learnt = (...messages: Message[]) => spelled(renderConversation(messages, byteTokenizer).ids);
const asked = (...messages: Message[]) => spelled(renderPrompt(messages, byteTokenizer));

/** What the bot learns to say. */
function replies(...messages: Message[]): string {
  const { ids, reply } = renderConversation(messages, byteTokenizer);
  return spelled(ids.filter((_, i) => reply[i]));
}

describe("renderConversation", () => {
  it("writes an exchange as sos, user, sep, bot, eos, and stop at the end", () => {
    expect(learnt(user("Hi"), bot("Hello!"), user("Bye"), bot("See you"))).toBe(
      "<sos>Hi<sep>Hello!<eos><sos>Bye<sep>See you<eos><stop>",
    );
  });

  it("puts the system text first, wherever it stood", () => {
    const expected = "<sos>Be kind.<sep><eos><sos>Hi<sep>Hello!<eos><stop>";
    expect(learnt(system("Be kind."), user("Hi"), bot("Hello!"))).toBe(expected);
    expect(learnt(user("Hi"), system("Be kind."), bot("Hello!"))).toBe(expected);
  });

  it("joins messages of one role by a line break", () => {
    expect(learnt(user("Hi"), user("you"), bot("Hello"), bot("there"))).toBe(
      "<sos>Hi\nyou<sep>Hello\nthere<eos><stop>",
    );
  });

  it("gives a leading answer an empty question", () => {
    expect(learnt(bot("Welcome"), user("Hi"), bot("Hello"))).toBe(
      "<sos><sep>Welcome<eos><sos>Hi<sep>Hello<eos><stop>",
    );
  });

  it("answers a message that nobody answered with stop", () => {
    expect(learnt(user("Hi"), bot("Hello"), user("lol"))).toBe(
      "<sos>Hi<sep>Hello<eos><sos>lol<sep><stop>",
    );
    expect(replies(user("Hi"), bot("Hello"), user("lol"))).toBe("Hello<eos><stop>");
  });

  it("marks the bot's text, its eos and stop as the reply, and nothing else", () => {
    expect(replies(system("Be kind."), bot("Welcome"), user("Hi"), bot("Hello"))).toBe(
      "Welcome<eos>Hello<eos><stop>",
    );
  });

  it("never lets a text become a special token", () => {
    fc.assert(
      fc.property(fc.constantFrom("<stop>", "<eos>", "<sos>x<sep>"), (text) => {
        const { ids } = renderConversation([user(text), bot(text)], byteTokenizer);
        const specials = ids.filter((id) => byteTokenizer.isSpecial(id));
        expect(spelled(specials)).toBe("<sos><sep><eos><stop>");
      }),
    );
  });
});

describe("renderPrompt", () => {
  it("ends where the bot speaks", () => {
    expect(asked(system("Be kind."), user("Hi"), bot("Hello"), user("How are you?"))).toBe(
      "<sos>Be kind.<sep><eos><sos>Hi<sep>Hello<eos><sos>How are you?<sep>",
    );
  });

  it("opens an empty exchange when the bot has spoken last, or nobody has", () => {
    expect(asked(user("Hi"), bot("Hello"))).toBe("<sos>Hi<sep>Hello<eos><sos><sep>");
    expect(asked(system("Be kind."))).toBe("<sos>Be kind.<sep><eos><sos><sep>");
    expect(asked()).toBe("<sos><sep>");
  });

  it("is how the conversation begins that contains it", () => {
    const message = fc.record({
      role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
      content: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(message), fc.string(), (earlier, question) => {
        const messages = [...earlier, user(question)];
        const prompt = renderPrompt(messages, byteTokenizer);
        const whole = renderConversation([...messages, bot("Sure.")], byteTokenizer);
        expect(whole.ids.slice(0, prompt.length)).toEqual(prompt);
        expect(spelled(whole.ids.slice(prompt.length))).toBe("Sure.<eos><stop>");
      }),
    );
  });
});
