import { afterEach, describe, expect, it } from "vitest";

import { HintedError } from "../../src/core/errors.ts";
import { startBot, type Bot, type BotOptions } from "../../src/main.ts";
import { gate, scriptedEngine } from "../support/scripted-engine.ts";
import { silentLog } from "../support/web-server.ts";

const open: Bot[] = [];
afterEach(() => Promise.all(open.splice(0).map((bot) => bot.close())));

async function start(options: Partial<BotOptions> = {}): Promise<Bot> {
  const bot = await startBot({
    host: "127.0.0.1",
    log: silentLog,
    startEngine: async () => scriptedEngine(),
    ...options,
  });
  open.push(bot);
  return bot;
}

describe("the bot", () => {
  it("shows its page while the model is still loading", async () => {
    const loading = gate<ReturnType<typeof scriptedEngine>>();
    const bot = await start({ port: 0, startEngine: () => loading.opened });

    expect((await fetch(bot.url)).status).toBe(200);
    expect(await (await fetch(`${bot.url}/healthz`)).json()).toEqual({ status: "loading" });
    loading.open(scriptedEngine());

    expect((await bot.engine).model.name).toBe("starter");
  });

  it("takes the next free port where none was asked for", async () => {
    const [first, second] = [await start(), await start()];

    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(new URL(first.url).port));
  });

  it("says so when the port that was asked for is taken", async () => {
    const { url } = await start({ port: 0 });
    const port = Number(new URL(url).port);

    await expect(start({ port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1 port ${port}: another program listens there.`,
    );
  });

  it("says so when the host is not this machine", async () => {
    await expect(start({ port: 0, host: "192.0.2.1" })).rejects.toThrow(
      "this machine has no such address",
    );
  });

  it("hands on why there is no model", async () => {
    const reason = new HintedError("The model is broken.", { hint: "Train another." });
    const bot = await start({ port: 0, startEngine: () => Promise.reject(reason) });

    await expect(bot.engine).rejects.toBe(reason);
  });

  it("ends open answers and the engine when it is closed", async () => {
    const never = gate<string>();
    const engine = scriptedEngine({ reply: () => ["One", never.opened] });
    const closed = gate();
    const bot = await start({
      port: 0,
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
