/**
 * `npm run demo`: people teach the bot, an admin trains it from chat, and it
 * proves itself, in a Discord and a Slack on this machine. Writes what was said
 * as a page.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { runProcess } from "../../src/core/cli/process.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import { toPage } from "./recording-page.ts";
import { Recording } from "./recording.ts";
import { tellStory } from "./story.ts";

const demo = defineCommand({
  name: "demo",
  summary: "Play the whole loop: chat, teach, train, judge, promote, roll back, forget",
  usage: "[--out FILE]",
  flags: z.strictObject({
    out: z.string().default("experiments/demo.html").describe("where the recording is written"),
  }),
  async run({ out }, { console, signal }) {
    const folder = await mkdtemp(join(tmpdir(), "lfz-demo-"));
    const recording = new Recording(({ title, about }) => console.print(`\n${title}\n  ${about}`));
    try {
      const facts = await tellStory({ folder, recording, signal });
      await writeFileAtomic(out, toPage(recording, ABOUT));
      console.print(`\nThe recording: ${resolve(out)}`);
      return { ...facts };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

const ABOUT = {
  title: "A bot that learns in chat",
  about:
    "Everything below was said to a running bot by people of a test: a Discord and a Slack on one machine, with the real clients of both, the starter model, a real training and no network. `npm run demo` makes this page anew.",
};

await runProcess(
  [{ name: demo.name, load: async () => demo }],
  [demo.name, ...process.argv.slice(2)],
);
