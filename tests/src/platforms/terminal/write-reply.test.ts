import { describe, expect, it } from "vitest";

import { ChatSession } from "../../../../src/platforms/terminal/chat-session.ts";
import { writeReply } from "../../../../src/platforms/terminal/write-reply.ts";
import { scriptedEngine, type Script } from "../../../support/scripted-engine.ts";

/** What stands on the terminal after one message, and what is noted beside it. */
async function written(script: Script) {
  const session = new ChatSession(scriptedEngine(script), {});
  const notes: string[] = [];
  let text = "";
  const output = {
    write: (piece: string) => void (text += piece),
    note: (note: string) => void notes.push(note),
  };
  await writeReply(session, "Hi", output, new AbortController().signal);
  return { text, notes };
}

describe("a reply on the terminal", () => {
  it("is written as it is, without a word about it", async () => {
    expect(await written({})).toEqual({ text: "Hello there.\n", notes: [] });
  });

  it("comes with what a reader would wonder about", async () => {
    expect(await written({ finishReason: "length", droppedTurns: 1, cut: true })).toMatchObject({
      notes: [
        "(cut off: the longest reply is reached)",
        "(your message was longer than the model can read: it read its end)",
      ],
    });
  });
});
