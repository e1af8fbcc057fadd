/** What the starter knows of a text, before it is taught any of it. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { createConsole } from "../../../src/core/cli/console.ts";
import { surveyHeadStart } from "../../../trainer/commands/survey.ts";
import { LITTLE_TEXT } from "../../../trainer/scaling/head-start.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const context = {
  console: createConsole(memoryStreams(), { json: false }),
  signal: new AbortController().signal,
  fail: () => {},
};

async function bitsOf(...[user, assistant]: [string, string]) {
  const file = join(temporaryFolder(), "talk.jsonl");
  const messages = [
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ];
  writeFileSync(file, JSON.stringify({ messages }));
  return (await surveyHeadStart([file], { bytes: 1000 }, context))?.bitsPerByte ?? NaN;
}

it("is much where people talk as it does, and little of another language", async () => {
  const talk = await bitsOf("Hello! How are you?", "I am fine, thank you. And you?");
  const other = await bitsOf("Grüezi mitenand, wie gaht’s eu hüt?", "Danke, es gaht so.");
  expect(talk).toBeLessThan(2.5);
  expect(other).toBeGreaterThan(2 * talk);
});

it("is not asked of much text, nor of a stream", async () => {
  expect(
    await surveyHeadStart(["none.jsonl"], { bytes: LITTLE_TEXT + 1 }, context),
  ).toBeUndefined();
  expect(await surveyHeadStart(["-"], { bytes: 1000 }, context)).toBeUndefined();
});
