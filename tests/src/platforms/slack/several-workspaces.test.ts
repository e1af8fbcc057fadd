import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { botInSlack, type BotInSlack } from "../../../support/slack/bot-in-slack.ts";
import {
  exampleWorkspace,
  type ExampleWorkspace,
} from "../../../support/slack/example-workspace.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { installationOf, type Team } from "../../../support/slack/world.ts";

function installable(workspace: ExampleWorkspace, home: string) {
  const { clientId, clientSecret } = workspace.slack.app;
  return {
    botToken: undefined,
    clientId,
    clientSecret,
    stateSecret: "a secret for the state",
    storeKey: KEY,
    home,
  };
}

const KEY = randomBytes(32).toString("hex");

/** A person's browser on its way through the installation. */
async function install({ slack, url, ana }: BotInSlack, team: Team): Promise<Response> {
  const visit = await fetch(`${url}/slack/install`, { redirect: "manual" });
  const asked = new URL(visit.headers.get("location") ?? "");
  const back = slack.oauth.authorize(asked, { team: team.id, user: ana.id });
  const cookie = visit.headers.get("set-cookie")?.split(";")[0] ?? "";
  return fetch(`${url}/slack/oauth_redirect${back}`, { headers: { cookie } });
}

async function withSecondTeam(intake: "socket" | "http" = "socket") {
  const workspace = await exampleWorkspace({ start: Date.now() }); // signatures carry the real time
  const home = temporaryFolder();
  const { signingSecret } = workspace.slack.app;
  const http = { appToken: undefined, signingSecret };
  const options = { ...installable(workspace, home), ...(intake === "http" && http) };
  const served = await botInSlack({ workspace, options });
  const beta = workspace.slack.addBareTeam("Beta");
  return { ...served, workspace, home, options, beta };
}

describe("the app in several workspaces", () => {
  it.each(["socket", "http"] as const)(
    "is installed by a click, answers there, and survives a restart: %s",
    async (intake) => {
      const before = await withSecondTeam(intake);
      const { slack, beta, options } = before;
      expect((await install(before, beta)).status).toBe(200);
      await before.stop();
      const after = await botInSlack({ workspace: before, memory: before.memory, options });

      if (intake === "http") slack.http.deliverTo(`${after.url}/slack/events`);

      const bot = installationOf(slack.world, beta.id);
      const bea = slack.addUser(beta, "bea");
      const room = slack.addChannel(beta, "room", [bea.id, bot.botUserId]);
      const asked = slack.person.say({
        channel: room.id,
        user: bea.id,
        text: `<@${bot.botUserId}> hello`,
      });

      expect((await after.finalReply(asked)).user).toBe(bot.botUserId);
      expect(slack.callsOf("chat.startStream").map(({ token }) => token)).toEqual([bot.token]);
      const said = JSON.stringify([before.lines, after.lines]);
      expect(said).not.toContain(bot.token);
    },
  );

  it("loses its token when it is taken out", async () => {
    const served = await withSecondTeam();
    await install(served, served.beta);
    expect(readdirSync(served.home)).toHaveLength(1);

    served.slack.person.uninstall(served.beta.id);
    await served.slack.until(() => served.lines.some(({ event }) => event === "slack uninstalled"));
    expect(readdirSync(served.home)).toEqual([]);
  });

  it("shows cards where it is installed, and nowhere else", async () => {
    const served = await withSecondTeam();
    const { slack, cards, beta, team } = served;
    await install(served, beta);
    const bot = installationOf(slack.world, beta.id);
    const room = slack.addChannel(beta, "room", [bot.botUserId]);
    const place = {
      platform: "slack",
      community: beta.id,
      channel: room.id,
      isDirect: false,
    } as const;
    const card = { text: "Training", buttons: [] };

    await cards.post(place, card);

    expect(slack.messagesIn(room.id)).toMatchObject([{ text: "Training", user: bot.botUserId }]);
    await expect(cards.post({ ...place, community: team.id }, card)).rejects.toThrow(
      "not installed in",
    );
  });

  it("is not installed with a state of somebody else's", async () => {
    const served = await withSecondTeam();
    const answer = await fetch(`${served.url}/slack/oauth_redirect?code=c&state=forged`);
    expect(answer.status).toBe(400);
    expect(served.slack.callsOf("oauth.v2.access")).toHaveLength(0);
  });

  it("does not speak where it was never installed", async () => {
    const served = await withSecondTeam();
    served.mention("hello");
    await served.slack.until(() =>
      served.slack.deliveries.log.every(({ state }) => state === "acknowledged"),
    );
    expect(served.engine.requests).toHaveLength(0);
  });
});
