import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { ChatSession } from "../../../../src/platforms/terminal/chat-session.ts";
import { chatAtTerminal } from "../../../../src/platforms/terminal/interactive-chat.ts";
import { gate, scriptedEngine, type Script } from "../../../support/scripted-engine.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

describe("a chat at the terminal", () => {
  it("answers line after line and remembers what was said", async () => {
    const desk = open({});
    desk.type("Hi\n");
    await desk.shown("Hello there.");
    desk.type("And?\n");
    await desk.shown("Hello there.", 2);
    desk.type("/quit\n");
    expect((await desk.ended)?.text).toBe("Hello there.");
    expect(desk.engine.requests.at(-1)?.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello there." },
      { role: "user", content: "And?" },
    ]);
  });

  it("explains itself, names the model and forgets on request", async () => {
    const desk = open({});
    for (const line of ["Hi", "/help", "/model", "/nonsense", "/clear", "again", "/quit"]) {
      desk.type(`${line}\n`);
    }
    await desk.ended;
    expect(desk.text()).toContain("/clear  forget this conversation");
    expect(desk.text()).toContain("experiments/starter, ONNX Runtime scripted");
    expect(desk.text()).toContain("There is no /nonsense");
    expect(desk.engine.requests.at(-1)?.messages).toEqual([{ role: "user", content: "again" }]);
  });

  it("stops the running reply with Ctrl-C, and ends with the next one", async () => {
    const desk = open({ reply: () => ["One", gate<string>().opened] });
    desk.type("Hi\n");
    await desk.shown("One");
    desk.type(CTRL_C);
    await desk.shown("(stopped)");
    expect(desk.interrupts).toBe(0);
    desk.type(CTRL_C);
    await desk.ended;
    expect(desk.interrupts).toBe(1);
  });

  it("ends with Ctrl-D", async () => {
    const desk = open({});
    desk.type(CTRL_D);
    expect(await desk.ended).toBeUndefined();
    expect(desk.interrupts).toBe(0);
  });

  it("ends when the process is told to, in the middle of a reply", async () => {
    const desk = open({ reply: () => ["One", gate<string>().opened] });
    desk.type("Hi\n");
    await desk.shown("One");
    desk.controller.abort();
    expect((await desk.ended)?.finishReason).toBe("abort");
  });

  it("shows control characters of a reply instead of obeying them", async () => {
    const desk = open({ reply: () => ["a\u001b[2Jb"] });
    desk.type("Hi\n");
    desk.type("/quit\n");
    await desk.ended;
    expect(desk.text()).toContain("a\ufffd[2Jb");
  });

  it("says when the model is silent and when it forgets", async () => {
    const desk = open({ reply: () => [], finishReason: "silence", droppedTurns: 2 });
    desk.type("Hi\n/quit\n");
    await desk.ended;
    expect(desk.text()).toContain("(the model chose to say nothing)");
    expect(desk.text()).toContain("(the oldest 2 turns no longer fit the model's memory)");
  });
});

function open(script: Script) {
  const engine = scriptedEngine(script);
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
      new ChatSession(engine, {}),
      { input, output },
      { model: engine.model, signal: controller.signal, interrupt: () => void desk.interrupts++ },
    ),
  };
  return desk;
}
