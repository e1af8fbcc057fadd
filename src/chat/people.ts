/**
 * Who somebody is to the bot: a pseudonym on disk, and a rank.
 *
 * A pseudonym is a keyed hash (HMAC-SHA-256) of platform and id: without the
 * key of this installation nobody can tell whose it is, and with it a person
 * who asks to be forgotten is found.
 *
 * Owners are named by configuration. Admins and reviewers are whoever holds a
 * role that owners have mapped in the server or workspace where they act, and
 * there only; everybody else is a user.
 */

import { createHmac } from "node:crypto";

import type { Audience } from "./commands/command.ts";
import { isAtMachine, type Place, type PlatformName } from "./place.ts";
import type { Person } from "./platform.ts";
import { settingsAt, BotSettings } from "./settings.ts";
import type { StateDocument } from "../state/document.ts";

/** Somebody whom `LFZ_ADMINS` names. */
export interface AdminId {
  readonly platform: string;
  readonly id: string;
}

export type Rank = "owner" | "admin" | "reviewer" | "user";

const PSEUDONYM_LENGTH = 20;

/** What each rank may do, beside what everybody may. */
const REACH: Readonly<Record<Rank, readonly Audience[]>> = {
  owner: ["manager", "reviewer", "admin", "owner"],
  admin: ["manager", "reviewer", "admin"],
  reviewer: ["reviewer"],
  user: [],
};

const NOTHING_MAPPED = { value: BotSettings.parse({}) };

export class People {
  readonly #key: Uint8Array;
  readonly #owners: ReadonlySet<string>;
  readonly #settings: Pick<StateDocument<BotSettings>, "value">;

  /** @param settings which roles are mapped; none if left out */
  constructor(
    key: Uint8Array,
    owners: readonly AdminId[],
    settings: Pick<StateDocument<BotSettings>, "value"> = NOTHING_MAPPED,
  ) {
    this.#key = key;
    this.#owners = new Set(owners.map(({ platform, id }) => `${platform}:${id}`));
    this.#settings = settings;
  }

  pseudonymOf(platform: PlatformName, personId: string): string {
    const hash = createHmac("sha256", this.#key).update(`${platform}:${personId}`);
    return hash.digest("hex").slice(0, PSEUDONYM_LENGTH);
  }

  /** Whoever sits at the machine owns it; programs have no rank. */
  rankAt(place: Place, person: Person): Rank {
    if (isAtMachine(place.platform)) return "owner";
    if (person.isBot) return "user";
    if (this.#owners.has(`${place.platform}:${person.id}`)) return "owner";
    const { ranks } = settingsAt(this.#settings.value, place);
    const held = new Set(person.roles.map((role) => ranks[role]));
    return held.has("admin") ? "admin" : held.has("reviewer") ? "reviewer" : "user";
  }

  /** An admin at this place, or an owner. */
  isAdmin(place: Place, person: Person): boolean {
    return this.belongsTo("admin", place, person);
  }

  belongsTo(audience: Audience, place: Place, person: Person): boolean {
    if (audience === "everyone" || REACH[this.rankAt(place, person)].includes(audience))
      return true;
    return audience === "manager" && person.isManager && !person.isBot;
  }
}
