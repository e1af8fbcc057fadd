/** A workspace with one person and one channel, on a Slack that ends with the test. */

import { onTestFinished } from "vitest";

import { startSlack, type Slack, type SlackOptions } from "./slack.ts";
import type { Channel, Installation, Team, User } from "./world.ts";

export interface ExampleWorkspace {
  readonly slack: Slack;
  readonly team: Team;
  readonly bot: Installation;
  readonly ana: User;
  readonly channel: Channel;
}

export async function exampleWorkspace(options?: SlackOptions): Promise<ExampleWorkspace> {
  const slack = await startSlack(options);
  onTestFinished(() => slack.close());
  const { team, bot } = slack.addTeam("Acme");
  const ana = slack.addUser(team, "ana");
  const channel = slack.addChannel(team, "general", [ana.id, bot.botUserId]);
  return { slack, team, bot, ana, channel };
}
