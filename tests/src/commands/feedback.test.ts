import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { commands } from "../../../src/commands/index.ts";
import { findCommand, runCommand } from "../../../src/core/cli/run-command.ts";
import { openChat } from "../../../src/open-chat.ts";
import { openHome, type Home } from "../../../src/state/home.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { ANNA, HALL, message, paperStage } from "../../support/chat/paper-stage.ts";
import { memoryStreams } from "../../support/memory-streams.ts";
import { scriptedEngine } from "../../support/scripted-engine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { silentLog } from "../../support/web-server.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const NEVER = new AbortController().signal;

/** A home in which Anna agreed, asked and rated, with the bot still running in it. */
async function liveHome(): Promise<{ home: Home; close: () => Promise<void> }> {
  const home = await openHome(temporaryFolder());
  const clock = new ManualClock();
  const engine = Promise.resolve(scriptedEngine());
  const options = { home, engine, admins: [], retentionDays: 180, clock, log: silentLog };
  const chat = await openChat(options);
  const { bot } = chat;
  await bot.command({ name: "opt-in", options: {}, person: ANNA, place: HALL });
  const stage = paperStage(clock);
  const state = { isOver: false };
  const heard = bot.hear(message("Hello"), stage).finally(() => (state.isOver = true));
  while (!state.isOver) await clock.advance(100);
  await heard;
  await bot.rate(stage.reply.id, ANNA, "good");
  await bot.correct(stage.reply.id, ANNA, "Hello, Anna!");
  return { home, close: () => chat.close() };
}

async function lfz(...args: string[]) {
  const command = findCommand(commands, args);
  if (!command) throw new RangeError(`There is no command ${args.join(" ")}.`);
  const streams = memoryStreams();
  const definition = await command.command.load();
  const code = await runCommand(definition, [...command.rest, "--json"], streams, NEVER);
  const last = streams.stdout.text.trimEnd().split("\n").at(-1) ?? "";
  const json = last.startsWith("{") ? (JSON.parse(last) as Record<string, unknown>) : undefined;
  return { code, json, stderr: streams.stderr.text };
}

describe("lfz feedback", () => {
  it("counts, exports and backs up while the bot runs, and restores once it does not", async () => {
    const { home, close } = await liveHome();
    vi.stubEnv("LFZ_HOME", home.folder);
    const out = temporaryFolder();
    expect((await lfz("feedback", "stats")).json).toMatchObject({
      records: { rating: 1, correction: 1, context: 1 },
      learnable: { taken: 1, waiting: 1 },
    });
    const since = async (date: string) =>
      (await lfz("feedback", "stats", "--since", date)).json?.["since"];
    expect(await since("2026-01-05")).toEqual({ taken: 1 });
    expect(await since("2026-01-06")).toEqual({ taken: 0 });
    const exported = await lfz("feedback", "export", "--out", join(out, "data"));
    expect(exported.json).toMatchObject({ outcomes: { taken: 1, waiting: 1 } });
    expect(existsSync(join(out, "data", "report.json"))).toBe(true);
    const backup = await lfz("feedback", "backup", join(out, "backup"));
    expect(backup.json).toEqual({ file: join(out, "backup.jsonl.gz"), records: 3 });
    await close();
    await home.close();

    vi.stubEnv("LFZ_HOME", join(out, "other"));
    const restored = await lfz("feedback", "restore", join(out, "backup.jsonl.gz"));
    expect(restored.json).toEqual({ records: 3, forgotten: 0 });
    const again = await lfz("feedback", "restore", join(out, "backup.jsonl.gz"));
    expect(again).toMatchObject({ code: 2, json: undefined });
    expect(again.stderr).toContain("--replace");
  });

  it("says where to look when there is none", async () => {
    vi.stubEnv("LFZ_HOME", temporaryFolder());
    const { code, stderr } = await lfz("feedback", "stats");
    expect(code).toBe(2);
    expect(stderr).toContain("LFZ_HOME");
  });
});
