/** Both services in one process: neither may spoil what the other sends. */

import "@slack/bolt"; // first: its HTTP client becomes that of the process

import { describe, expect, it } from "vitest";

import { bakery } from "../../support/discord/bot.ts";

describe("Discord beside Slack", () => {
  it("still takes files", async () => {
    const { cards, channel, guild, world } = await bakery();
    const place = {
      platform: "discord",
      community: guild.id,
      channel: channel.id,
      isDirect: false,
    } as const;
    const image = { name: "loss.png", png: new Uint8Array([1, 2, 3]), description: "falling" };

    const id = await cards.post(place, { text: "Training", image, buttons: [] });

    const [attachment] = world.message(channel.id, id ?? "")?.data.attachments ?? [];
    expect(world.attachments.get(attachment?.id ?? "")?.bytes).toEqual(image.png);
  });
});
