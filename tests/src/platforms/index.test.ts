import { describe, expect, it } from "vitest";

import { readEnvironment } from "../../../src/config.ts";
import { loadPlatforms } from "../../../src/platforms/index.ts";
import { openHome } from "../../../src/state/home.ts";
import { ManualClock } from "../../support/chat/manual-clock.ts";
import { openBot, recordingLog } from "../../support/chat/open-bot.ts";
import { discordForTest } from "../../support/discord/client.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function platformsFor(env: Record<string, string>) {
  const home = await openHome(temporaryFolder());
  const context = { environment: readEnvironment(env), home, clock: new ManualClock() };
  const platforms = await loadPlatforms({ ...context, log: recordingLog().log });
  await home.close();
  return platforms;
}

describe("the platforms", () => {
  it("are none where no token is set", async () => {
    expect(await platformsFor({})).toEqual([]);
  });

  it("have Discord among them, at the address and with the shards that are set", async () => {
    const discord = await discordForTest();
    const [platform] = await platformsFor({
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_SHARDS: "3",
    });
    const { bot } = await openBot();
    const leaving = new AbortController();
    const connection = new Promise((resolve) => {
      void platform?.serve(bot, leaving.signal, resolve).catch(resolve);
    });

    expect(await connection).toBe("connected");
    expect(discord.gateway.sessions.size).toBe(3);
    leaving.abort();
    await discord.until(() =>
      [...discord.gateway.sessions.values()].every((one) => !one.connection),
    );
  });
});
