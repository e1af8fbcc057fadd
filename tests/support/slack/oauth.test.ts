import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import { describe, expect, it, onTestFinished } from "vitest";

import { exampleWorkspace } from "./example-workspace.ts";

describe("OAuth", () => {
  it("puts an unmodified app into a second workspace", async () => {
    const { slack, ana } = await exampleWorkspace();
    const second = slack.addBareTeam("Beta");
    const clientOptions = { slackApiUrl: slack.apiUrl };
    const scopes = ["chat:write", "app_mentions:read"];
    const receiver = new HTTPReceiver({
      signingSecret: slack.app.signingSecret,
      clientId: slack.app.clientId,
      clientSecret: slack.app.clientSecret,
      stateSecret: "state-secret",
      scopes,
      installerOptions: { clientOptions, directInstall: true },
      logLevel: LogLevel.ERROR,
    });
    const app = new App({ receiver, clientOptions, logLevel: LogLevel.ERROR });
    const server = await app.start({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;

    const visit = await fetch(`http://127.0.0.1:${port}/slack/install`, { redirect: "manual" });
    const asked = new URL(visit.headers.get("location") ?? "");
    const back = slack.oauth.authorize(asked, { team: second.id, user: ana.id });
    const cookie = visit.headers.get("set-cookie")?.split(";")[0] ?? "";
    const done = await fetch(`http://127.0.0.1:${port}/slack/oauth_redirect${back}`, {
      headers: { cookie },
    });

    expect(done.status).toBe(200);
    const installed = [...slack.world.installations.values()].at(-1);
    expect(installed).toMatchObject({ teamId: second.id, scopes });
    server.closeAllConnections();
  });
});
