import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { GenerationDefaults } from "../../../src/core/experiment/config-files.ts";
import type { ReplyEvent } from "../../../src/generate/protocol.ts";
import { UNREAD_LIMIT } from "../../../src/generate/reply.ts";
import type { SchedulerOptions } from "../../../src/generate/scheduler.ts";
import { GenerationService } from "../../../src/generate/service.ts";
import type { GenerationRequest, SamplingOptions } from "../../../src/generate/types.ts";
import { byteTokenizer, spelled } from "../../support/byte-tokenizer.ts";
import { ScriptedDecoder, type NextToken } from "../../support/scripted-decoder.ts";

const GREEDY: GenerationDefaults = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  maxTokens: 100,
};
const { sep, eos, stop, sos } = byteTokenizer.specials;

describe("the generation service", () => {
  it("shows whole characters, ends at <eos> and tells what happened", async () => {
    const desk = deskOf(() => "안녕!");
    desk.ask(1, "hi");
    await desk.work();
    expect(desk.events.map(({ event }) => event)).toEqual([
      { type: "text", text: "안" },
      { type: "text", text: "녕" },
      { type: "text", text: "!" },
      {
        type: "done",
        finishReason: "stop",
        tokenIds: byteTokenizer.encode("안녕!"),
        tokens: [...Buffer.from("안녕!")].map((byte) => ({
          bytes: Uint8Array.of(byte),
          logProbability: expect.closeTo(1 - Math.log(Math.E + 261), 5) as number,
        })),
        sampling: expect.objectContaining({ temperature: 0, seed: 1 }) as object,
        promptTokens: 4,
        droppedTurns: 0,
        cut: false,
        firstTokenMs: 20, // a tick for the question and one for the token
        tokensPerSecond: expect.any(Number),
      },
    ]);
  });

  it("tells how likely the model held each token, whatever the sampling made of it", async () => {
    const said = async (sampling: Partial<SamplingOptions>) => {
      const desk = deskOf(() => "aa");
      desk.ask(1, "a", { sampling: { seed: 1, ...sampling } });
      await desk.work();
      return desk.endOf(1)?.tokens.map(({ logProbability }) => logProbability);
    };
    const plain = await said({ temperature: 0 });
    expect(plain).toEqual([expect.closeTo(1 - Math.log(Math.E + 261), 5), plain?.[0]]);
    expect(await said({ temperature: 0.01, topK: 1, repetitionPenalty: 1.01 })).toEqual(plain);
  });

  it("says nothing where <stop> comes first", async () => {
    const desk = deskOf(() => "", { end: stop });
    desk.ask(1, "hi");
    await desk.work();
    expect(desk.textOf(1)).toBe("");
    expect(desk.endOf(1)).toMatchObject({ finishReason: "silence", tokenIds: [] });
  });

  it("never says a special token other than the two that end a reply", async () => {
    const decoder = new ScriptedDecoder(() => sos);
    const desk = deskOver(decoder);
    desk.ask(1, "hi", { maxTokens: 5 });
    await desk.work();
    expect(desk.endOf(1)?.tokenIds.some((id) => id < 6)).toBe(false);
  });

  it("ends at a stop text and at the longest reply", async () => {
    const desk = deskOf((said) => said);
    desk.ask(1, "one, two, three", { stop: [" t"] });
    desk.ask(2, "one, two, three", { maxTokens: 6 });
    desk.ask(3, "one, two, three", { maxTokens: 6, stop: [" t", ", two"] }); // ", t" may begin the other
    await desk.work();
    expect([desk.textOf(1), desk.endOf(1)?.finishReason]).toEqual(["one,", "stop"]);
    expect([desk.textOf(2), desk.endOf(2)?.finishReason]).toEqual(["one, t", "length"]);
    expect([desk.textOf(3), desk.endOf(3)?.finishReason]).toEqual(["one,", "stop"]);
  });

  it("ends with the context, and never reads a position beyond it", async () => {
    const desk = deskOf(() => "x".repeat(500), { context: 40 });
    desk.ask(1, "a".repeat(20), { maxTokens: 400 });
    await desk.work();
    expect(desk.endOf(1)).toMatchObject({ finishReason: "length", promptTokens: 22 });
    expect(desk.endOf(1)?.tokenIds.length).toBe(18);
  });

  it("drops the oldest exchanges to keep room for a reply", async () => {
    const desk = deskOf((said) => said, { context: 60 });
    desk.say(1, {
      messages: [
        { role: "user", content: "a".repeat(20) },
        { role: "assistant", content: "b".repeat(20) },
        { role: "user", content: "last" },
      ],
      maxTokens: 15,
    });
    await desk.work();
    expect(desk.endOf(1)).toMatchObject({ droppedTurns: 1, promptTokens: 6, finishReason: "stop" });
    expect(desk.textOf(1)).toBe("last");
  });

  it("tells when it read only the end of the question", async () => {
    const desk = deskOf((said) => said, { context: 60 });
    desk.ask(1, `${"a".repeat(100)}, the end`);
    desk.ask(2, "whole");
    await desk.work();
    expect(desk.endOf(1)).toMatchObject({ cut: true });
    expect(desk.endOf(2)).toMatchObject({ cut: false });
  });

  it("reads a long prompt in pieces, between which others go on", async () => {
    const desk = deskOf((said) => said, { context: 400, promptPiece: 32 });
    desk.ask(1, "abcdef");
    await desk.service.advance();
    desk.ask(2, "q".repeat(100));
    await desk.work();
    expect(desk.decoder.calls.slice(0, 8)).toEqual([
      "read 0: 8 at 0",
      "step 1",
      "read 1: 32 at 0",
      "step 1",
      "read 1: 32 at 32",
      "step 1",
      "read 1: 32 at 64",
      "step 1",
    ]);
    expect([desk.textOf(1), desk.textOf(2)]).toEqual(["abcdef", "q".repeat(100)]);
  });

  it("reads only what is new of a conversation it has seen", async () => {
    const desk = deskOf((said) => said);
    const messages = [{ role: "user" as const, content: "How are you?" }];
    desk.say(1, { messages });
    await desk.work();
    const before = desk.decoder.calls.length;
    desk.say(2, {
      messages: [
        ...messages,
        { role: "assistant", content: "How are you?" },
        { role: "user", content: "Well" },
      ],
    });
    await desk.work();
    // The prompt was 14 tokens and 12 were said; <eos> was chosen but never read.
    expect(desk.decoder.calls[before]).toBe("read 0: 7 at 26");
    expect(desk.textOf(2)).toBe("Well");
  });

  it("lets an aborted reply go before another token, and its place to who waits", async () => {
    const desk = deskOf(() => "x".repeat(90), { slots: 1 });
    desk.ask(1, "a");
    desk.ask(2, "b");
    await desk.service.advance();
    const said = desk.textOf(1);
    desk.service.handle({ type: "abort", id: 1 });
    await desk.work();
    expect(desk.textOf(1)).toBe(said);
    expect(desk.endOf(1)?.finishReason).toBe("abort");
    expect(desk.endOf(2)).toMatchObject({ finishReason: "stop" });
  });

  it("forgets one that is aborted while it waits", async () => {
    const desk = deskOf((said) => said, { slots: 1 });
    desk.ask(1, "a");
    desk.ask(2, "b");
    await desk.service.advance();
    desk.service.handle({ type: "abort", id: 2 });
    await desk.work();
    expect(desk.endOf(2)).toMatchObject({ finishReason: "abort", tokenIds: [] });
    expect(desk.decoder.calls.filter((call) => call.startsWith("read")).length).toBe(1);
  });

  it("serves who waits in the order they came, and refuses when too many wait", async () => {
    const desk = deskOf((said) => said, { slots: 1, queueLimit: 2 });
    desk.ask(1, "a long one");
    await desk.service.advance();
    for (const id of [2, 3, 4]) desk.ask(id, "b");
    await desk.work();
    const ends = desk.events.flatMap(({ id, event }) => (event.type === "text" ? [] : [id]));
    expect(ends).toEqual([4, 1, 2, 3]); // the fourth is told at once
    expect(desk.events.find(({ id }) => id === 4)?.event).toMatchObject({
      type: "failed",
      error: {
        message: "The model is busy: 2 replies are waiting.",
        hint: "Try again in a moment.",
      },
    });
  });

  it("pauses a reply that nobody reads, and only that one, until half of it is read", async () => {
    const desk = deskOf(() => "x".repeat(90), { slots: 2, isRead: (id) => id === 2 });
    desk.ask(1, "a");
    desk.ask(2, "b");
    await desk.work();
    expect(desk.textOf(1).length).toBe(UNREAD_LIMIT);
    expect(desk.endOf(1)).toBeUndefined();
    expect(desk.textOf(2).length).toBe(90);
    desk.service.handle({ type: "read", id: 1, count: UNREAD_LIMIT / 2 - 1 });
    await desk.work();
    expect(desk.textOf(1).length).toBe(UNREAD_LIMIT);
    desk.service.handle({ type: "read", id: 1, count: 1 });
    await desk.work();
    expect(desk.textOf(1).length).toBe(90);
  });

  it("lets a request that cannot be served fail alone", async () => {
    const desk = deskOf((said) => said);
    desk.say(1, { messages: undefined as never });
    desk.ask(2, "b");
    await desk.work();
    expect(desk.events.find(({ id }) => id === 1)?.event.type).toBe("failed");
    expect(desk.textOf(2)).toBe("b");
  });

  it("gives every chat the reply it gets alone, however they arrive, leave and pause", async () => {
    const arrival = fc.record({
      text: fc.string({ minLength: 1, maxLength: 30 }),
      after: fc.nat({ max: 12 }),
      abortAfter: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (arrivals, slots) => {
          const desk = deskOver(new ScriptedDecoder(wordSalad, { slots, context: 120 }), {
            promptPiece: 9,
          });
          for (const [id, { text, after }] of arrivals.entries()) {
            desk.ask(id, text, { maxTokens: 40 });
            for (let i = 0; i < after; i++) await desk.service.advance();
            const { abortAfter } = arrivals[id]!;
            if (abortAfter !== undefined && abortAfter < after)
              desk.service.handle({ type: "abort", id });
          }
          await desk.work();
          for (const [id, { text }] of arrivals.entries()) {
            const alone = deskOver(new ScriptedDecoder(wordSalad, { slots: 1, context: 120 }));
            alone.ask(id, text, { maxTokens: 40 });
            await alone.work();
            const end = desk.endOf(id);
            const expected = alone.endOf(id)?.tokenIds ?? [];
            expect(end).toBeDefined();
            expect(end?.tokenIds).toEqual(expected.slice(0, end?.tokenIds.length));
            expect(["abort", alone.endOf(id)?.finishReason]).toContain(end?.finishReason);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Looks random, depends on everything in the slot, and ends now and then. */
const wordSalad: NextToken = (ids) => {
  const hash = ids.reduce((sum, id) => (Math.imul(sum, 31) + id) >>> 0, 7);
  return hash % 23 === 0 ? eos : 6 + 97 + (hash % 26);
};

/** Answers the last thing said with what `answer` makes of it. */
function deskOf(
  answer: (said: string) => string,
  options: { slots?: number; context?: number; end?: number } & DeskOptions = {},
) {
  const next: NextToken = (ids) => {
    const at = ids.lastIndexOf(sep);
    const said = spelled(ids.slice(ids.lastIndexOf(sos) + 1, at));
    const reply = byteTokenizer.encode(answer(said));
    return reply[ids.length - at - 1] ?? options.end ?? eos;
  };
  return deskOver(new ScriptedDecoder(next, options), options);
}

interface DeskOptions extends SchedulerOptions {
  /** Whose events are read as they come; everybody's by default. */
  isRead?: (id: number) => boolean;
}

function deskOver(decoder: ScriptedDecoder, { isRead = () => true, ...options }: DeskOptions = {}) {
  const events: ReplyEvent[] = [];
  let time = 0;
  const send = (sent: readonly ReplyEvent[]) => {
    events.push(...sent);
    for (const { id } of sent) {
      if (isRead(id)) service.handle({ type: "read", id, count: 1 });
    }
  };
  const service = new GenerationService(
    { tokenizer: byteTokenizer, defaults: GREEDY },
    decoder,
    send,
    {
      now: () => (time += 10),
      ...options,
    },
  );
  const say = (id: number, request: GenerationRequest) =>
    service.handle({ type: "generate", id, request, seed: 1, startedAt: (time += 10) - 10 });
  return {
    service,
    decoder,
    events,
    say,
    ask: (id: number, content: string, more: Partial<GenerationRequest> = {}) =>
      say(id, { messages: [{ role: "user", content }], ...more }),
    work: async () => {
      while (await service.advance());
    },
    textOf: (id: number) =>
      events
        .flatMap((sent) => (sent.id === id && sent.event.type === "text" ? [sent.event.text] : []))
        .join(""),
    endOf: (id: number) =>
      events.flatMap((sent) =>
        sent.id === id && sent.event.type === "done" ? [sent.event] : [],
      )[0],
  };
}
