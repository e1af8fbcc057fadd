import { connect } from "node:net";

import { OpenAI } from "openai";
import { afterEach, describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import { Contexts } from "../../../../src/feedback/contexts.ts";
import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
import type { WebOptions } from "../../../../src/platforms/web/server.ts";
import { PrivateWords } from "../../../../src/recall/private-words.ts";
import { memorySegments } from "../../../support/chat/memory-stores.ts";
import { openBot, recordingLog } from "../../../support/chat/open-bot.ts";
import { gate, scriptedEngine, type Script } from "../../../support/scripted-engine.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(closeServers);

const hello = { messages: [{ role: "user" as const, content: "Hello" }] };

async function serveScript(script: Script = {}, options: Partial<WebOptions> = {}) {
  const engine = scriptedEngine(script);
  const source = engineSourceOf(Promise.resolve(engine));
  const { url, ...server } = await serve({ source, ...options });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "unused", maxRetries: 0 });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { engine, openai, post, url, ...server };
}

describe("a whole answer", () => {
  it("has the shape that OpenAI publishes, and ours beside it", async () => {
    const { post } = await serveScript({ droppedTurns: 2, cut: true });

    const response = await post({ model: "starter", ...hello, seed: 7 });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: "chat.completion",
      created: expect.closeTo(Date.now() / 1000, -2),
      model: "starter",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello there.", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      lfz: {
        tokens_per_second: 1060.7,
        first_token_ms: 12.4,
        dropped_turns: 2,
        cut: true,
        silence: false,
        seed: 7,
      },
    });
  });

  it("is read by the official client", async () => {
    const { openai } = await serveScript({ finishReason: "length" });

    const { choices, usage } = await openai.chat.completions.create({ model: "starter", ...hello });

    expect(choices[0]?.message.content).toBe("Hello there.");
    expect(choices[0]?.finish_reason).toBe("length");
    expect(usage?.total_tokens).toBe(10);
  });

  it("is empty where the model chose silence", async () => {
    const { post } = await serveScript({ reply: () => [], finishReason: "silence" });

    const body = await (await post(hello)).json();

    expect(body).toMatchObject({
      choices: [{ message: { content: "" }, finish_reason: "stop" }],
      lfz: { silence: true },
    });
  });
});

describe("how likely the model held its tokens", () => {
  const ask = { model: "starter", ...hello, logprobs: true } as const;
  const expected = ["Hello", " there", "."].map((token) => ({
    token,
    logprob: Math.log(0.5),
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));

  it("is told by a whole answer that was asked for it", async () => {
    const { openai } = await serveScript();
    const { choices } = await openai.chat.completions.create({ ...ask, top_logprobs: 0 });
    expect(choices[0]?.logprobs?.content).toEqual(expected);
  });

  it("is told by a stream, of the whole answer at its end", async () => {
    const { openai } = await serveScript();
    const completion = await openai.chat.completions.stream(ask).finalChatCompletion();
    expect(completion.choices[0]?.logprobs?.content).toEqual(expected);
  });

  it("is told of no more than is in the answer, where the rest is somebody's secret", async () => {
    const secret = "I live at 12 Elm Street and the key lies there";
    const { bot } = await openBot({}, { privateWords: await privatelySaid(secret) });
    const { openai } = await serveScript({ reply: () => ["Hello", " ", secret] }, { bot });
    const { choices } = await openai.chat.completions.create(ask);
    expect(choices[0]).toMatchObject({
      message: { content: "Hello " },
      finish_reason: "content_filter",
      logprobs: { content: [expected[0], { token: " " }] },
    });
    expect(JSON.stringify(choices)).not.toMatch(/live|Elm/);
    const stream = await openai.chat.completions.stream(ask).finalChatCompletion();
    expect(stream.choices[0]).toMatchObject({
      message: { content: "Hello " },
      finish_reason: "content_filter",
    });
    const texts = [{ role: "user", content: `Is it true that ${secret}?` } as const];
    const own = await openai.chat.completions.create({ model: "starter", messages: texts });
    expect(own.choices[0]?.message.content).toBe(`Hello ${secret}`);
  });

  it("is not told of tokens that were not chosen, and says so", async () => {
    const { post } = await serveScript();
    const response = await post({ ...hello, logprobs: true, top_logprobs: 5 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { param: "top_logprobs", message: expect.stringContaining("only the tokens") },
    });
  });
});

describe("a streamed answer", () => {
  it("sends each piece when it is there, not at the end", async () => {
    const rest = gate<string>();
    const { openai } = await serveScript({ reply: () => ["Hel", "lo", rest.opened] });

    const stream = await openai.chat.completions.create({
      model: "starter",
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const seen: unknown[] = [];
    for await (const { choices, usage } of stream) {
      const [choice] = choices;
      seen.push(choice?.finish_reason ?? choice?.delta.content ?? usage?.total_tokens);
      if (choice?.delta.content === "lo") rest.open("!"); // only now can the model go on
    }

    expect(seen).toEqual(["", "Hel", "lo", "!", "stop", 10]);
  });

  it("ends with [DONE], and reports how it went in its last chunk", async () => {
    const { post } = await serveScript();

    const response = await post({ ...hello, stream: true, seed: 3 });

    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = (await response.text()).split("\n\n").slice(0, -1);
    expect(events.at(-1)).toBe("data: [DONE]");
    expect(JSON.parse(events[0]!.slice("data: ".length))).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    });
    expect(JSON.parse(events.at(-2)!.slice("data: ".length))).toMatchObject({
      choices: [{ delta: {}, finish_reason: "stop" }],
      lfz: { tokens_per_second: 1060.7, first_token_ms: 12.4, dropped_turns: 0, seed: 3 },
    });
  });

  it("stops the engine when the client leaves", async () => {
    const never = gate<string>();
    const { openai, engine } = await serveScript({ reply: () => ["One", never.opened] });
    const ended = engine.nextEnd();

    const stream = await openai.chat.completions.create({
      model: "starter",
      ...hello,
      stream: true,
    });
    for await (const { choices } of stream) if (choices[0]?.delta.content === "One") break;

    expect(await ended).toBe("abort");
  });

  it("waits for a client that reads slowly instead of filling the memory", async () => {
    const piece = "x".repeat(100_000);
    let taken = 0;
    const pieces = {
      *[Symbol.iterator]() {
        for (; taken < 1000; taken++) yield piece;
      },
    };
    const { engine, port } = await serveScript({
      reply: () => pieces as unknown as string[], // a list that counts what is taken from it
    });
    const ended = engine.nextEnd();
    const body = JSON.stringify({ ...hello, stream: true });
    const socket = connect(port, "127.0.0.1");
    socket.pause(); // asks, and never reads the answer
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );

    await expect.poll(() => taken).toBeGreaterThan(0);
    await expect.poll(() => isSteady(() => taken)).toBe(true);

    expect(taken).toBeLessThan(1000);
    socket.destroy();
    expect(await ended).toBe("abort");
  });

  it("tells an error in the middle as OpenAI's clients expect it", async () => {
    const broken = gate<string>();
    const { openai } = await serveScript({
      reply: () => ["One", broken.opened.then(() => Promise.reject(new Error("worker died")))],
    });

    const stream = await openai.chat.completions.create({
      model: "starter",
      ...hello,
      stream: true,
    });
    const read = async () => {
      for await (const { choices } of stream) if (choices[0]?.delta.content) broken.open("");
    };

    await expect(read()).rejects.toThrow("Something broke while answering");
  });

  it("says why when the server is shut down", async () => {
    const never = gate<string>();
    const { post, close } = await serveScript({ reply: () => ["One", never.opened] });

    const response = await post({ ...hello, stream: true });
    const text = response.text();
    await close();

    expect(await text).toContain("The server is being shut down.");
  });
});

describe("what the client asks for", () => {
  it("reaches the engine in its own words", async () => {
    const { post, engine } = await serveScript();

    await post({
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "One" },
            { type: "text", text: "Two" },
          ],
        },
      ],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      min_p: 0.05,
      repetition_penalty: 1.1,
      max_completion_tokens: 12,
      stop: "END",
      seed: 5,
      frequency_penalty: 0,
      user: "somebody",
      logit_bias: null,
    });

    expect(engine.requests).toEqual([
      {
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "One\nTwo" },
        ],
        maxTokens: 12,
        stop: ["END"],
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 40,
          minP: 0.05,
          repetitionPenalty: 1.1,
          seed: 5,
        },
      },
    ]);
  });

  it("leaves what it does not name to the model, and draws a seed", async () => {
    const { post, engine } = await serveScript();

    await post({ ...hello, temperature: null });

    expect(engine.requests[0]?.sampling).toEqual({ seed: expect.any(Number) });
  });

  it.each([
    [{}, "messages", "messages"],
    [{ messages: [] }, "messages", "messages"],
    [{ messages: [{ role: "robot", content: "Hi" }] }, "messages[0].role", "robot|user"],
    [{ messages: [{ role: "user", content: 5 }] }, "messages[0].content", "must be a text"],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
      "messages[0].content",
      "text parts",
    ],
    [
      { messages: [...hello.messages, { role: "assistant", content: "Hi" }] },
      "messages",
      "nothing to answer",
    ],
    [{ ...hello, temperature: 3 }, "temperature", "2"],
    [{ ...hello, top_p: "high" }, "top_p", "number"],
    [{ ...hello, max_tokens: 0 }, "max_tokens", "0"],
    [{ ...hello, stop: ["a", "b", "c", "d", "e"] }, "stop", "at most 4"],
    [{ ...hello, seed: 1.5 }, "seed", "int"],
    [{ ...hello, n: 2 }, "n", "1"],
    [{ ...hello, tools: [{}] }, "tools", "tools"],
    [{ ...hello, temprature: 1 }, "temprature", "does not know"],
    [{ ...hello, stream_options: { usage: true } }, "stream_options.usage", "does not know"],
  ])("is refused by name if it does not fit: %j", async (body, param, words) => {
    const { post } = await serveScript();

    const response = await post(body);

    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: Record<string, string> };
    expect(error).toMatchObject({ type: "invalid_request_error", param });
    expect(error["message"]).toMatch(new RegExp(words.replaceAll("[", "\\["), "i"));
    expect(error["message"]).toContain(param);
  });

  it.each([
    ["{oops", 400, "not JSON"],
    ["[]", 400, "object"],
    [JSON.stringify({ ...hello, model: "gpt-9" }), 404, '"gpt-9" is not here'],
    ["x".repeat(1_000_001), 413, "larger than 1 MB"],
  ])("is refused with its own status", async (body, status, words) => {
    const { post } = await serveScript();

    const response = await post(body);

    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json())).toContain(JSON.stringify(words).slice(1, -1));
  });

  it("must come as JSON", async () => {
    const { post } = await serveScript();

    expect((await post(hello, { "content-type": "text/plain" })).status).toBe(415);
  });
});

describe("a model that is not there yet", () => {
  it("is waited for", async () => {
    const loading = gate<ReturnType<typeof scriptedEngine>>();
    const { url } = await serve({ source: engineSourceOf(loading.opened) });
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "unused", maxRetries: 0 });

    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "loading" });
    const answer = openai.chat.completions.create({ model: "starter", ...hello });
    loading.open(scriptedEngine());

    expect((await answer).choices[0]?.message.content).toBe("Hello there.");
  });

  it("is reported with the reason if it never comes", async () => {
    const failed = Promise.reject(
      new HintedError("There is no model at experiments/lost.", { hint: "Train one." }),
    );
    const { url } = await serve({ source: engineSourceOf(failed) });

    const response = await fetch(`${url}/v1/models`);

    expect(response.status).toBe(503);
    expect(await response.text()).toContain("There is no model at experiments/lost. Train one.");
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: "failed" });
  });
});

/** True if the value stays the same while everything that is ready runs. */
async function isSteady(read: () => number): Promise<boolean> {
  const before = read();
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  return read() === before;
}

/** Somebody said that to the bot, and agreed that it is kept. */
async function privatelySaid(content: string): Promise<PrivateWords> {
  const contexts = new Contexts(memorySegments());
  const turns = [{ role: "user", content, author: "anna" }] as const;
  await contexts.keep({ at: 0, place: { platform: "slack", channel: "C1" }, turns, reply: "" });
  const { signal } = new AbortController();
  const { log } = recordingLog();
  return new PrivateWords({ contexts, isPublic: async () => false, signal, log });
}
