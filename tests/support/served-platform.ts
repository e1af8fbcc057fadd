/**
 * A chat service that a test speaks in: it connects when it is served, leaves
 * when it is told to, and is lost when the test says so.
 */

import { once } from "node:events";

import type { Clock } from "../../src/chat/clock.ts";
import type { Bot, ChatPlatform, PlatformName } from "../../src/chat/platform.ts";
import { message, paperStage, type PaperStage } from "./chat/paper-stage.ts";
import { gate } from "./scripted-engine.ts";

export interface ServedPlatform extends ChatPlatform {
  /** Says something to the bot as soon as it is there; `heard` resolves when that is done with. */
  say(text: string, clock: Clock): Promise<{ stage: PaperStage; heard: Promise<void> }>;
  /** Loses the service: `serve` rejects with this. */
  lose(error: Error): void;
}

export function servedPlatform(name: PlatformName, onLeave: () => void = () => {}): ServedPlatform {
  const session = () => ({ bot: gate<Bot>(), lost: gate<Error>() });
  let current = session();
  return {
    name,
    async serve(bot, signal, onConnection) {
      current.bot.open(bot);
      onConnection("connected");
      const left = once(signal, "abort").then(() => undefined);
      const error = await Promise.race([current.lost.opened, left]);
      current = session();
      if (error) throw error;
      onLeave();
    },
    async say(text, clock) {
      const bot = await current.bot.opened;
      const place = { platform: name, channel: "c", isDirect: true };
      const stage = paperStage(clock, { pace: 0 });
      const said = message(text, { place, address: "direct", at: clock.now() });
      return { stage, heard: bot.hear(said, stage) };
    },
    lose: (error) => current.lost.open(error),
  };
}
