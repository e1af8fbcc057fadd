import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createSlackPlatform } from "../../../../src/platforms/slack/slack-platform.ts";
import type { SlackOptions } from "../../../../src/platforms/slack/connection/options.ts";
import {
  EXPLAIN_SHORTCUT,
  TEACH_SHORTCUT,
} from "../../../../src/platforms/slack/listeners/actions.ts";
import { missingScopes, SCOPES } from "../../../../src/platforms/slack/connection/scopes.ts";
import { SLASH_COMMAND } from "../../../../src/platforms/slack/listeners/slash-commands.ts";
import { openBot, recordingLog } from "../../../support/chat/open-bot.ts";
import { botInSlack } from "../../../support/slack/bot-in-slack.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

async function serveWith(options: Partial<SlackOptions>, close = false) {
  const { bot, clock } = await openBot();
  const workspace = await exampleWorkspace();
  const { slack } = workspace;
  if (close) await slack.close();
  const { log, lines } = recordingLog();
  const platform = () =>
    createSlackPlatform({
      botToken: workspace.bot.token,
      appToken: slack.app.appToken,
      apiUrl: slack.apiUrl,
      retryWait: 1,
      host: "127.0.0.1",
      port: 0,
      home: temporaryFolder(),
      clock,
      log,
      ...options,
    });
  return {
    lines,
    serve: async () => platform().serve(bot, new AbortController().signal, () => {}),
  };
}

describe("a start that cannot work", () => {
  it.each([
    ["a bad bot token", { botToken: "xoxb-guessed" }, "refuses the bot's token: invalid_auth"],
    ["a bad app token", { appToken: "xapp-guessed" }, "refuses the app token: invalid_auth"],
    ["no bot token", { botToken: undefined }, "needs a token of the bot"],
    ["no way for events", { appToken: undefined }, "no way to send its events"],
    ["half of an installation", { clientId: "1.2" }, "only with all four"],
    [
      "a store key that is none",
      { clientId: "1.2", clientSecret: "s", stateSecret: "s", storeKey: "short" },
      "too short",
    ],
  ])("says why: %s", async (_, options, words) => {
    const { serve } = await serveWith(options);
    const failure = await serve().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "HintedError" });
    expect(String(failure)).toContain(words);
  });

  it("leaves trying again to others where Slack cannot be reached", async () => {
    const { serve } = await serveWith({}, true);
    const failure = await serve().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toHaveProperty("hint");
  });

  it("never shows a token, not even a wrong one", async () => {
    const { serve, lines } = await serveWith({ appToken: "xapp-1-guessed-secret" });
    const failure = await serve().catch((error: unknown) => error);
    expect(JSON.stringify([lines, String(failure)])).not.toMatch(/xapp-1|xoxb-\d/);
  });
});

describe("a token that was taken back while the bot serves", () => {
  it("ends it with a hint, not with a crash", async () => {
    const { slack, serving } = await botInSlack();
    slack.faults.always("apps.connections.open", { kind: "refused", error: "account_inactive" });
    slack.socket.disconnect("refresh_requested");

    await expect(serving).rejects.toThrow("refuses the app token: account_inactive");
  });
});

describe("scopes", () => {
  it("that are missing are named at the start, with what they are for", async () => {
    const workspace = await exampleWorkspace();
    const { team, bot } = workspace.slack.addTeam("Small", { scopes: ["chat:write"] });
    const { lines } = await botInSlack({ workspace: { ...workspace, team, bot } });

    const warning = lines.find(({ event }) => event === "slack scopes missing");
    expect(warning?.["missing"]).toContain("channels:history (to read threads of public channels)");
    expect(JSON.stringify(warning)).toContain("manifest.json");
  });

  it("that are granted are not missed", () => {
    expect(missingScopes([...SCOPES, "more:than:that"])).toEqual([]);
  });
});

describe("the manifest", () => {
  const manifest = JSON.parse(
    readFileSync(new URL("../../../../src/platforms/slack/manifest.json", import.meta.url), "utf8"),
  ) as Manifest;

  it("asks for the scopes that the bot needs, and no more", () => {
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...SCOPES].sort());
  });

  it("offers the command and the shortcuts that the bot answers to", () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([SLASH_COMMAND]);
    expect(manifest.features.shortcuts.map(({ callback_id: id }) => id)).toEqual([
      TEACH_SHORTCUT,
      EXPLAIN_SHORTCUT,
    ]);
  });
});

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string }[];
    readonly shortcuts: readonly { readonly callback_id: string }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
}
