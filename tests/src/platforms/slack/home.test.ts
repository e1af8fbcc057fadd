import { describe, expect, it } from "vitest";

import { botInSlack } from "../../../support/slack/bot-in-slack.ts";

describe("the home tab", () => {
  it("shows who answers, how it goes, the settings and what is kept", async () => {
    const { slack, ana } = await botInSlack();
    slack.person.openHome(ana.id);

    const view = JSON.stringify(await slack.until(() => slack.world.homes.get(ana.id)));

    expect(view).toContain("*starter*: 5.8 M parameters");
    expect(view).toContain("0 replies in the last 24 hours");
    expect(view).toContain("`temperature` is *default*");
    expect(view).toContain("You have *not* opted in");
  });

  it("lets people opt in and out, and shows it", async () => {
    const { slack, ana } = await botInSlack();
    slack.person.openHome(ana.id);
    const shows = (words: string) =>
      slack.until(() => JSON.stringify(slack.world.homes.get(ana.id) ?? "").includes(words));
    await shows("You have *not* opted in");

    const click = await slack.person.pressAtHome({ user: ana.id, actionId: "lfz_home_opt-in" });
    expect(click).toMatchObject({ state: "acknowledged", attempts: 1 });
    await shows("You have opted *in*");
    await slack.person.pressAtHome({ user: ana.id, actionId: "lfz_home_opt-out" });

    await shows("You have *not* opted in");
  });
});
