import { describe, expect, it, onTestFinished } from "vitest";

import { systemClock } from "../../../../src/chat/clock.ts";
import { readEnvironment } from "../../../../src/config.ts";
import { loadPlatforms } from "../../../../src/platforms/index.ts";
import { openHome } from "../../../../src/state/home.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { gate } from "../../../support/scripted-engine.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { silentLog } from "../../../support/web-server.ts";

async function load(variables: Readonly<Record<string, string>>) {
  const home = await openHome(temporaryFolder());
  onTestFinished(() => home.close());
  return loadPlatforms({
    environment: readEnvironment(variables),
    home,
    clock: systemClock,
    log: silentLog,
  });
}

describe("Slack among the platforms", () => {
  it("comes up where its tokens are set, and leaves when it is told to", async () => {
    const { slack, bot: installed } = await exampleWorkspace();
    const platforms = await load({
      SLACK_BOT_TOKEN: installed.token,
      SLACK_APP_TOKEN: slack.app.appToken,
      SLACK_API_URL: slack.apiUrl,
    });
    expect(platforms.map(({ name }) => name)).toEqual(["slack"]);

    const connected = gate();
    const leaving = new AbortController();
    const { bot } = await openBot();
    const serving = platforms[0]?.serve(bot, leaving.signal, () => connected.open());
    await connected.opened;
    leaving.abort();

    await expect(serving).resolves.toBeUndefined();
    expect(slack.socket.opened).toBe(1);
  });

  it("stays away where they are not", async () => {
    expect(await load({})).toEqual([]);
  });
});
