import { describe, expect, it } from "vitest";

import type { Person } from "../../../../src/chat/platform.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { ANNA, HALL, MANAGER, person } from "../../../support/chat/paper-stage.ts";

const ADA = person("ada"); // an owner: see openBot
const BAKERS = "100000000000000001";
const TASTERS = "100000000000000002";
const COMMUNITY = "100000000000000000";
const PLACE = { ...HALL, community: COMMUNITY };

function withRole(role: string): Person {
  return { ...ANNA, roles: [role] };
}

async function desk() {
  const opened = await openBot();
  const run = async (
    name: string,
    options: Record<string, string | number> = {},
    who: Person = ADA,
    place = PLACE,
  ) => (await opened.bot.command({ name, options, person: who, place })).text;
  return { ...opened, run };
}

describe("roles", () => {
  it("make people admins and reviewers here, until they no longer do", async () => {
    const { run } = await desk();
    expect(await run("roles")).toContain("No role here makes anybody");

    await run("roles", { rank: "admin", role: `<@&${BAKERS}>` });
    const shown = await run("roles", { rank: "reviewer", role: TASTERS });
    expect(shown).toContain(`\`${BAKERS}\` admin`);
    expect(shown).toContain(`\`${TASTERS}\` reviewer`);
    expect(await run("review", {}, withRole(TASTERS))).toBe("Nothing waits for a review.");
    expect(await run("resume", {}, withRole(TASTERS))).toContain("Only admins");
    expect(await run("resume", {}, withRole(BAKERS))).toBe("I answer again.");
    expect(await run("settings", { name: "review", value: "off" }, withRole(BAKERS))).toContain(
      "`review` is **off**",
    );

    await run("roles", { rank: "none", role: BAKERS });
    expect(await run("resume", {}, withRole(BAKERS))).toContain("Only admins");
  });

  it("hold where they were mapped, and nowhere else", async () => {
    const { run } = await desk();
    await run("roles", { rank: "admin", role: BAKERS });
    const elsewhere = { ...PLACE, community: "100000000000000009" };
    expect(await run("resume", {}, withRole(BAKERS), elsewhere)).toContain("Only admins");
  });

  it("are changed by owners only", async () => {
    const { run, settings } = await desk();
    await run("roles", { rank: "admin", role: BAKERS });
    for (const who of [ANNA, MANAGER, withRole(BAKERS)]) {
      const answer = await run("roles", { rank: "admin", role: TASTERS }, who);
      expect(answer).toBe("Only owners of the bot can do that.");
    }
    expect(Object.keys(settings.value.communities[`discord:${COMMUNITY}`]?.ranks ?? {})).toEqual([
      BAKERS,
    ]);
  });

  it.each([
    ["", "Which role?"],
    ["<@100000000000000001>", "is no role"], // a person
    ["bakers", "is no role"],
    [COMMUNITY, "That is everybody."],
  ])("are refused that are none: %j", async (role, words) => {
    const { run } = await desk();
    expect(await run("roles", { rank: "admin", role })).toContain(words);
  });

  it("are read as Slack writes user groups, too", async () => {
    const { run } = await desk();
    const shown = await run("roles", { rank: "reviewer", role: "<!subteam^S0123ABC|@crew>" });
    expect(shown).toContain("`S0123ABC` reviewer");
  });

  it("say so where the bot may not see who has them", async () => {
    const { run } = await desk();
    expect(await run("roles", {}, { ...ADA, areRolesHidden: true })).toContain(
      "not allowed to see",
    );
  });

  it("decide what `help` shows, and proposes", async () => {
    const { run, bot } = await desk();
    await run("roles", { rank: "reviewer", role: TASTERS });
    const proposed = (who: Person) =>
      bot.complete({ name: "help", options: {}, person: who, place: PLACE }, "command", "r");
    expect(await run("help", {}, withRole(TASTERS))).toContain("`review`");
    expect(await run("help", {}, withRole(TASTERS))).not.toContain("`rollback`");
    expect(await proposed(ANNA)).toEqual(["reset"]);
    expect(await proposed(withRole(TASTERS))).toEqual(["reset", "review"]);
  });

  it("are a matter of record: every command says in the log who gave it, as a pseudonym", async () => {
    const { run, lines } = await desk();
    await run("roles", { rank: "admin", role: BAKERS });
    await run("roles", {}, ANNA);
    const told = lines.filter(({ event }) => event.startsWith("command"));
    expect(told.map(({ event }) => event)).toEqual(["command", "command", "command refused"]);
    expect(new Set(told.map(({ by }) => by)).size).toBe(2);
    expect(JSON.stringify(told)).not.toContain("ada");
  });
});
