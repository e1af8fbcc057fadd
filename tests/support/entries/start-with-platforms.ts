/**
 * The real `lfz start` with chat services that a test chooses by name:
 * `refusing` turns the bot away for good, `fine` says on stdout that it left.
 */

import { once } from "node:events";

import type { ChatPlatform } from "../../../src/chat/platform.ts";
import { startWith } from "../../../src/commands/start.ts";
import { runProcess } from "../../../src/core/cli/process.ts";
import { HintedError } from "../../../src/core/errors.ts";

const fine: ChatPlatform = {
  name: "slack",
  async serve(_, signal, onConnection) {
    onConnection("connected");
    if (!signal.aborted) await once(signal, "abort");
    process.stdout.write("Slack was left.\n");
  },
};

const refusing: ChatPlatform = {
  name: "discord",
  async serve() {
    throw new HintedError("Discord does not take the token.", {
      hint: "Copy it again from the developer portal.",
    });
  },
};

const platforms = process.env["PLATFORMS"] === "refusing" ? [refusing, fine] : [fine];
const start = startWith(async () => platforms);

await runProcess([{ name: "start", load: async () => start }], process.argv.slice(2));
