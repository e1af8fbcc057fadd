/**
 * Who people are: names, groups, and whether they manage the workspace. Asked
 * once in a while and remembered, for Slack counts the questions.
 */

import type { Clock } from "../../../chat/clock.ts";
import type { Person } from "../../../chat/platform.ts";
import { RecentMap } from "../../../chat/recent.ts";
import { UserGroups } from "./user-groups.ts";
import type { Workspace } from "./workspace.ts";

/** So long an answer holds, in milliseconds. */
const FRESH = 10 * 60_000;
const REMEMBERED = 5000;

type Profile = Omit<Person, "roles" | "areRolesHidden">;

interface Known {
  readonly profile: Promise<Profile>;
  readonly until: number;
}

export class UserDirectory {
  readonly #clock: Clock;
  readonly #known = new RecentMap<string, Known>(REMEMBERED);

  readonly #groups: UserGroups;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#groups = new UserGroups(clock);
  }

  /** Never rejects: somebody who cannot be looked up is still somebody. */
  async personOf(workspace: Workspace, id: string): Promise<Person> {
    const [profile, groups] = await Promise.all([
      this.#profileOf(workspace, id),
      this.#groups.of(workspace, id),
    ]);
    return { ...profile, ...groups };
  }

  #profileOf(workspace: Workspace, id: string): Promise<Profile> {
    const key = `${workspace.team}/${id}`;
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return known.profile;
    const profile = lookUp(workspace, id).catch(() => {
      this.#known.delete(key); // asked again next time
      return stranger(id);
    });
    this.#known.set(key, { profile, until: this.#clock.now() + FRESH });
    return profile;
  }
}

/** A program without a user of its own. */
export function programOf(id: string, name = "a bot"): Person {
  return { ...stranger(id), name, isBot: true, roles: [] };
}

async function lookUp({ client }: Workspace, id: string): Promise<Profile> {
  const { user } = await client.users.info({ user: id });
  const { display_name: shown, real_name: real } = user?.profile ?? {};
  return {
    id,
    name: shown || real || user?.name || "someone",
    isBot: user?.is_bot ?? false,
    isManager: Boolean(user?.is_admin || user?.is_owner),
  };
}

function stranger(id: string): Profile {
  return { id, name: "someone", isBot: false, isManager: false };
}
