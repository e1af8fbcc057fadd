import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { systemClock } from "../../../../src/chat/clock.ts";
import { chatAtTerminal } from "../../../../src/platforms/terminal/interactive-chat.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { gate, type Script } from "../../../support/scripted-engine.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

describe("a chat at the terminal", () => {
  it("answers line after line and remembers what was said", async () => {
    const desk = await open({});
    desk.type("Hi\n");
    await desk.shown("Hello there.");
    desk.type("And?\n");
    await desk.shown("Hello there.", 2);
    desk.type("/quit\n");
    await desk.ended;
    expect(desk.engine.requests.at(-1)?.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello there." },
      { role: "user", content: "And?" },
    ]);
  });

  it("explains itself, names the model and forgets on request", async () => {
    const desk = await open({});
    for (const line of ["Hi", "/help", "/model", "/nonsense", "/clear", "again", "/quit"]) {
      desk.type(`${line}\n`);
    }
    await desk.ended;
    expect(desk.text()).toContain("/quit (or Ctrl-D) leaves");
    expect(desk.text()).toContain("- reset Begin a new conversation here");
    expect(desk.text()).toContain("experiments/starter and runs on ONNX Runtime scripted");
    expect(desk.text()).toContain("There is no command nonsense.");
    expect(desk.engine.requests.at(-1)?.messages).toEqual([{ role: "user", content: "again" }]);
  });

  it("takes ratings, and sets who the bot is: whoever sits here owns it", async () => {
    const desk = await open({});
    for (const line of ["/persona A pirate.", "Hi", "/feedback bad too short", "/quit"]) {
      desk.type(`${line}\n`);
    }
    await desk.ended;
    expect(desk.engine.requests[0]?.messages[0]).toEqual({ role: "system", content: "A pirate." });
    expect(desk.feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad" },
      { kind: "reason", text: "too short" },
    ]);
  });

  it("shows all that is kept of whoever sits here, and what waits for a review", async () => {
    const desk = await open({});
    for (const line of ["/opt-in", "Hi", "/my-data", "/review", "/quit"]) desk.type(`${line}\n`);
    await desk.ended;
    expect(desk.text()).toContain('"content": "Hi"');
    expect(desk.text()).toContain("Nothing waits for a review.");
  });

  it("stops the running reply with Ctrl-C, and ends with the next one", async () => {
    const desk = await open({ reply: () => ["One", gate<string>().opened] });
    desk.type("Hi\n");
    await desk.shown("One");
    desk.type(CTRL_C);
    await desk.shown("(Stopped.)");
    expect(desk.interrupts).toBe(0);
    desk.type(CTRL_C);
    await desk.ended;
    expect(desk.interrupts).toBe(1);
  });

  it("ends with Ctrl-D", async () => {
    const desk = await open({});
    desk.type(CTRL_D);
    await desk.ended;
    expect(desk.interrupts).toBe(0);
  });

  it("ends when the process is told to, in the middle of a reply", async () => {
    const desk = await open({ reply: () => ["One", gate<string>().opened] });
    desk.type("Hi\n");
    await desk.shown("One");
    const aborted = desk.engine.nextEnd();
    desk.controller.abort();
    await desk.ended;
    expect(await aborted).toBe("abort");
  });

  it("shows control characters of a reply instead of obeying them", async () => {
    const desk = await open({ reply: () => ["a\u001b[2Jb"] });
    desk.type("Hi\n");
    desk.type("/quit\n");
    await desk.ended;
    expect(desk.text()).toContain("a\ufffd[2Jb");
  });

  it("says when the model has nothing to say", async () => {
    const desk = await open({ reply: () => [], finishReason: "silence" });
    desk.type("Hi\n/quit\n");
    await desk.ended;
    expect(desk.text()).toContain("(I have nothing to say to that.)");
  });

  it("says when the model forgets the beginning", async () => {
    const desk = await open({ droppedTurns: 2 });
    desk.type("One\nTwo\nThree\n/quit\n");
    await desk.ended;
    expect(desk.text()).toContain("(The first 2 exchanges of this conversation no longer fit");
  });
});

async function open(script: Script) {
  const { bot, engine, feedback } = await openBot(script, { clock: systemClock });
  const input = new PassThrough();
  const output = new PassThrough();
  let text = "";
  let look = () => {};
  output.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    look();
  });
  const controller = new AbortController();
  const desk = {
    engine,
    feedback,
    controller,
    interrupts: 0,
    type: (keys: string) => void input.write(keys),
    text: () => text,
    /** Resolves once `piece` was shown so many times. */
    shown: (piece: string, times = 1) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (text.split(piece).length > times) resolve();
        };
        look();
      }),
    ended: chatAtTerminal(
      bot,
      { input, output },
      { model: engine.model, signal: controller.signal, interrupt: () => void desk.interrupts++ },
    ),
  };
  return desk;
}
