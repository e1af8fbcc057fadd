import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { HintedError } from "../../src/core/errors.ts";
import { packageFolder } from "../../src/core/package.ts";
import { startBot, type Bot, type BotOptions } from "../../src/main.ts";
import { gate, scriptedEngine } from "../support/scripted-engine.ts";
import { ManualClock } from "../support/chat/manual-clock.ts";
import { recordingLog } from "../support/chat/open-bot.ts";
import type { PaperStage } from "../support/chat/paper-stage.ts";
import { servedPlatform } from "../support/served-platform.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { silentLog } from "../support/web-server.ts";

const STARTER = join(packageFolder, "experiments", "starter");

const open: Bot[] = [];
afterEach(() => Promise.all(open.splice(0).map((bot) => bot.close())));

async function start(options: Partial<BotOptions> = {}): Promise<Bot> {
  const bot = await startBot({
    host: "127.0.0.1",
    port: 0,
    home: temporaryFolder(),
    admins: [],
    retentionDays: 180,
    log: silentLog,
    model: { named: STARTER, root: "experiments" },
    startEngine: async () => scriptedEngine(),
    loadPlatforms: async () => [],
    ...options,
  });
  open.push(bot);
  return bot;
}

/** Lets time go by until the work is done. */
async function meanwhile<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const state = { isOver: false };
  const end = () => (state.isOver = true);
  work.then(end, end);
  while (!state.isOver) await clock.advance(100);
  return work;
}

/** Resolves once people see the beginning of the reply. */
async function shown(stage: PaperStage): Promise<void> {
  while (!stage.replies.some((reply) => reply.shown.length > 0)) await setImmediate();
}

describe("the bot", () => {
  it("shows its page while the model is still loading", async () => {
    const loading = gate<ReturnType<typeof scriptedEngine>>();
    const bot = await start({ startEngine: () => loading.opened });

    expect((await fetch(bot.url)).status).toBe(200);
    expect(await (await fetch(`${bot.url}/healthz`)).json()).toEqual({ status: "loading" });
    loading.open(scriptedEngine());

    expect((await bot.engine).model.name).toBe("starter");
  });

  it("takes the next free port where none was asked for", async () => {
    const [first, second] = [await start({ port: undefined }), await start({ port: undefined })];

    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(new URL(first.url).port));
  });

  it("says so when the port that was asked for is taken", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);

    await expect(start({ port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1 port ${port}: another program listens there.`,
    );
  });

  it("says so when the host is not this machine", async () => {
    await expect(start({ host: "192.0.2.1" })).rejects.toThrow("this machine has no such address");
  });

  it("hands on why there is no model", async () => {
    const reason = new HintedError("The model is broken.", { hint: "Train another." });
    const bot = await start({ startEngine: () => Promise.reject(reason) });

    await expect(bot.engine).rejects.toBe(reason);
  });

  it("ends open answers and the engine when it is closed", async () => {
    const never = gate<string>();
    const engine = scriptedEngine({ reply: () => ["One", never.opened] });
    const closed = gate();
    const bot = await start({
      startEngine: async () => ({ ...engine, close: async () => closed.open() }),
    });
    const answer = await fetch(`${bot.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ stream: true, messages: [{ role: "user", content: "Hello" }] }),
    });

    await bot.close();

    expect(await answer.text()).toContain("being shut down");
    await closed.opened;
    await expect(fetch(bot.url)).rejects.toThrow("fetch failed");
  });
});

describe("the platforms of the bot", () => {
  it("are known to be connected, and make it ready together with the model", async () => {
    const loading = gate<ReturnType<typeof scriptedEngine>>();
    const [discord, slack] = [servedPlatform("discord"), servedPlatform("slack")];
    const bot = await start({
      startEngine: () => loading.opened,
      loadPlatforms: async () => [discord, slack],
    });
    await bot.settled;
    const ready = async () => {
      const response = await fetch(`${bot.url}/readyz`);
      return [response.status, await response.json()];
    };

    expect(await ready()).toEqual([
      503,
      { status: "not ready", model: false, platforms: { discord: true, slack: true } },
    ]);
    loading.open(scriptedEngine());
    await bot.engine;
    expect(await ready()).toEqual([
      200,
      { status: "ready", model: true, platforms: { discord: true, slack: true } },
    ]);
  });

  it("get replies, and are counted", async () => {
    const clock = new ManualClock();
    const slack = servedPlatform("slack");
    const bot = await start({ clock, loadPlatforms: async () => [slack] });

    const { stage, heard } = await slack.say("Hi", clock);
    await meanwhile(clock, heard);

    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "Hello there." });
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    expect(metrics).toContain('lfz_messages_heard_total{platform="slack"} 1');
    expect(metrics).toContain('lfz_replies_total{platform="slack",outcome="finished"} 1');
    expect(metrics).toContain('lfz_platform_up{platform="slack"} 1');
    expect(metrics).toContain('lfz_first_token_seconds_count{platform="slack"} 1');
    expect(metrics).toContain("lfz_queue_length 0");
    expect(metrics).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it("do not hurt each other: one is lost and comes back, the other goes on", async () => {
    const clock = new ManualClock();
    const [discord, slack] = [servedPlatform("discord"), servedPlatform("slack")];
    const bot = await start({ clock, loadPlatforms: async () => [discord, slack] });
    await bot.settled;

    discord.lose(new Error("connection reset"));
    await clock.advance(100);
    expect(bot.isConnected()).toEqual({ discord: false, slack: true });
    await clock.advance(1000);
    expect(bot.isConnected()).toEqual({ discord: true, slack: true });

    const { stage, heard } = await slack.say("Hi", clock);
    await meanwhile(clock, heard);
    expect(stage.reply.end).toMatchObject({ outcome: "finished" });
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    expect(metrics).toContain('lfz_errors_total{platform="discord"} 1');
  });

  it("give the bot up where one needs a person, and leave orderly all the same", async () => {
    let left = 0;
    const discord = servedPlatform("discord");
    const slack = servedPlatform("slack", () => left++);
    const bot = await start({ loadPlatforms: async () => [discord, slack] });
    await bot.settled;

    discord.lose(new HintedError("Discord refuses the token.", { hint: "Copy it again." }));

    await expect(bot.failed).rejects.toMatchObject({
      message: "Discord refuses the token.",
      hint: "Copy it again.",
      exitCode: 1,
    });
    await bot.close();
    expect(left).toBe(1);
  });
});

describe("the end of the bot", () => {
  it("lets a reply end, then closes everything in the opposite order of its opening", async () => {
    const { log, lines } = recordingLog();
    const rest = gate<string>();
    const home = temporaryFolder();
    const clock = new ManualClock();
    const slack = servedPlatform("slack", () => log.debug("closed", { part: "slack itself" }));
    const bot = await start({
      home,
      log,
      clock,
      loadPlatforms: async () => [slack],
      startEngine: async () => scriptedEngine({ reply: () => ["One, ", rest.opened] }),
    });
    await bot.engine;
    const { stage, heard } = await slack.say("Count", clock);
    await meanwhile(clock, shown(stage));

    const closed = bot.close();
    rest.open("two.");

    await meanwhile(clock, heard);
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "One, two." });
    await closed;
    expect(lines.filter(({ event }) => event === "closed").map(({ part }) => part)).toEqual([
      "words",
      "jobs",
      "chat",
      "slack itself",
      "platforms",
      "watch",
      "web",
      "engine",
      "state",
      "registry",
      "home",
    ]);
    expect(existsSync(join(home, "lock"))).toBe(false);
    expect(readFileSync(join(home, "replies.journal"), "utf8")).toContain('"outcome":"finished"');
  });

  it("marks a reply that takes too long", async () => {
    const clock = new ManualClock();
    const never = gate<string>();
    const slack = servedPlatform("slack");
    const bot = await start({
      clock,
      loadPlatforms: async () => [slack],
      startEngine: async () => scriptedEngine({ reply: () => ["One, ", never.opened] }),
    });
    await bot.engine;
    const { stage, heard } = await slack.say("Count", clock);
    await meanwhile(clock, shown(stage));

    const closed = bot.close();
    const asked = clock.now();
    await meanwhile(clock, heard);

    expect(stage.reply.end).toMatchObject({ outcome: "interrupted", text: "One," });
    expect((stage.reply.endedAt ?? Infinity) - asked).toBeLessThan(10_000);
    await closed;
  });

  it("closes the rest though a part closes badly, and says so", async () => {
    const { log, lines } = recordingLog();
    const home = temporaryFolder();
    const bot = await start({
      home,
      log,
      startEngine: async () => ({
        ...scriptedEngine(),
        close: async () => {
          throw new Error("the worker is gone");
        },
      }),
    });
    await bot.engine;

    await bot.close();

    expect(lines).toContainEqual(
      expect.objectContaining({ event: "closed badly", part: "engine" }),
    );
    expect(readdirSync(home)).not.toContain("lock");
  });

  it("leaves no lock behind where it could not even begin", async () => {
    const home = temporaryFolder();
    const { url } = await start();

    await expect(start({ home, port: Number(new URL(url).port) })).rejects.toThrow("Cannot listen");

    expect(readdirSync(home)).not.toContain("lock");
  });
});
