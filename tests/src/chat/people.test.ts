import { describe, expect, it } from "vitest";

import type { Audience } from "../../../src/chat/commands/command.ts";
import { People, type Rank } from "../../../src/chat/people.ts";
import type { Person, Place } from "../../../src/chat/platform.ts";
import { BotSettings } from "../../../src/chat/settings.ts";
import { HALL, MANAGER, person } from "../../support/chat/paper-stage.ts";

const settings = BotSettings.parse({
  communities: { "discord:guild": { ranks: { bakers: "admin", tasters: "reviewer" } } },
});
const people = new People(Buffer.from("a key"), [{ platform: "discord", id: "ada" }], {
  value: settings,
});

const ELSEWHERE: Place = { ...HALL, community: "other" };
const DIRECT: Place = { platform: "discord", channel: "dm", isDirect: true };
const SLACK: Place = { ...HALL, platform: "slack" };
const TERMINAL: Place = { platform: "terminal", channel: "terminal", isDirect: true };

const OWNER = person("ada");
const USER = person("uma");
const ADMIN: Person = { ...USER, roles: ["walkers", "bakers"] };
const REVIEWER: Person = { ...USER, roles: ["tasters"] };

const AUDIENCES: readonly Audience[] = ["everyone", "manager", "reviewer", "admin", "owner"];

describe("a person", () => {
  it.each<[string, Person, Place, Rank]>([
    ["named by configuration is an owner", OWNER, HALL, "owner"],
    ["named by configuration is an owner everywhere on that platform", OWNER, DIRECT, "owner"],
    ["of the same id on another platform is not", OWNER, SLACK, "user"],
    ["at the terminal is an owner", USER, TERMINAL, "owner"],
    ["without a role is a user", USER, HALL, "user"],
    ["with a mapped role is an admin", ADMIN, HALL, "admin"],
    ["with a mapped role is nothing where that was not mapped", ADMIN, ELSEWHERE, "user"],
    ["with a mapped role is nothing in a direct conversation", ADMIN, DIRECT, "user"],
    ["with a mapped role is nothing on another platform", ADMIN, SLACK, "user"],
    ["with another mapped role is a reviewer", REVIEWER, HALL, "reviewer"],
    ["with both is an admin", { ...USER, roles: ["tasters", "bakers"] }, HALL, "admin"],
    ["who manages the server is a user all the same", MANAGER, HALL, "user"],
    ["that is a program is a user, whatever its role", { ...ADMIN, isBot: true }, HALL, "user"],
    ["that is a program is a user, whatever its name", { ...OWNER, isBot: true }, HALL, "user"],
    [
      "with a role called like an object's own is a user",
      { ...USER, roles: ["constructor", "__proto__"] },
      HALL,
      "user",
    ],
  ])("%s", (_, who, place, rank) => {
    expect(people.rankAt(place, who)).toBe(rank);
  });

  it.each<[string, Person, string]>([
    ["a user", USER, "everyone"],
    ["a manager", MANAGER, "everyone manager"],
    ["a manager that is a program", { ...MANAGER, isBot: true }, "everyone"],
    ["a reviewer", REVIEWER, "everyone reviewer"],
    [
      "a reviewer who manages the server",
      { ...REVIEWER, isManager: true },
      "everyone manager reviewer",
    ],
    ["an admin", ADMIN, "everyone manager reviewer admin"],
    ["an owner", OWNER, "everyone manager reviewer admin owner"],
  ])("who is %s may do what is for %s", (_, who, audiences) => {
    const may = AUDIENCES.filter((audience) => people.belongsTo(audience, HALL, who));
    expect(may.join(" ")).toBe(audiences);
  });
});
