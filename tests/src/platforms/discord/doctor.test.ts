import { describe, expect, it } from "vitest";

import { runChecks, type Finding } from "../../../../src/doctor/check.ts";
import { discordChecks } from "../../../../src/platforms/discord/doctor.ts";
import { discordForTest } from "../../../support/discord/client.ts";
import type { Discord } from "../../../support/discord/discord.ts";

async function findingsOf({ apiUrl, token }: Pick<Discord, "apiUrl" | "token">) {
  const findings: Finding[] = [];
  const { signal } = new AbortController();
  for await (const finding of runChecks(discordChecks({ token, apiUrl }), { signal })) {
    findings.push(finding);
  }
  return findings;
}

describe("the doctor", () => {
  it("finds a Discord that is well", async () => {
    const discord = await discordForTest();
    discord.world.guild("Bakery", discord.world.user("Olga"));

    const findings = await findingsOf(discord);

    expect(findings).toMatchObject([
      { name: "Discord token", result: "ok", words: "Zero, in 1 server" },
      { name: "Discord intent", result: "ok" },
    ]);
  });

  it("finds a wrong token, a bot that is nowhere, and an intent that is switched off", async () => {
    const discord = await discordForTest({ grantedIntents: 0 });

    const wrong = await findingsOf({ ...discord, token: "wrong.token.here" });
    const findings = await findingsOf(discord);

    for (const finding of wrong) {
      expect(finding).toMatchObject({
        result: "failed",
        hint: expect.stringMatching(/Reset Token/),
      });
    }
    expect(findings).toMatchObject([
      { result: "warning", words: "Zero, in 0 servers" },
      { result: "failed", hint: expect.stringContaining(discord.world.applicationId) },
    ]);
  });

  it("finds that Discord cannot be reached, and where to look then", async () => {
    const discord = await discordForTest();
    const away = "http://127.0.0.1:1"; // nobody listens there

    for (const finding of await findingsOf({ ...discord, apiUrl: away })) {
      expect(finding).toMatchObject({
        result: "failed",
        words: expect.stringContaining("cannot be reached"),
        hint: expect.stringContaining("network"),
      });
    }
  });
});
