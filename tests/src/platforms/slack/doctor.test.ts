import { describe, expect, it } from "vitest";

import { readEnvironment } from "../../../../src/config.ts";
import { slackChecks } from "../../../../src/platforms/slack/doctor.ts";
import { exampleWorkspace } from "../../../support/slack/example-workspace.ts";

async function findings(tokens: { SLACK_BOT_TOKEN?: string; SLACK_APP_TOKEN?: string } = {}) {
  const { slack, bot } = await exampleWorkspace();
  const environment = readEnvironment({
    SLACK_BOT_TOKEN: bot.token,
    SLACK_APP_TOKEN: slack.app.appToken,
    SLACK_API_URL: slack.apiUrl,
    ...tokens,
  });
  const checks = await slackChecks(environment);
  return Promise.all(checks.map((check) => check.run(new AbortController().signal)));
}

describe("the doctor, asked about Slack", () => {
  it("finds nothing wrong with good tokens", async () => {
    expect(await findings()).toEqual([
      { result: "ok", words: "zero in Acme, with all scopes" },
      { result: "ok", words: "opens Socket Mode" },
    ]);
  });

  it("says which token Slack refuses", async () => {
    const tokens = { SLACK_BOT_TOKEN: "xoxb-guessed-1", SLACK_APP_TOKEN: "xapp-guessed-1" };
    expect(await findings(tokens)).toMatchObject([
      { result: "failed", words: "Slack says invalid_auth" },
      { result: "failed", words: "Slack says invalid_auth" },
    ]);
  });

  it("asks nothing where no token is set", async () => {
    expect(await slackChecks(readEnvironment({}))).toEqual([]);
  });
});
