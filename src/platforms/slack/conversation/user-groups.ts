/**
 * Who is in which user group of a workspace: Slack's roles. Read as a whole
 * once in a while, for Slack counts the questions.
 */

import type { Clock } from "../../../chat/clock.ts";
import { RecentMap } from "../../../chat/recent.ts";
import { refusalOf, type Workspace } from "./workspace.ts";

/** So long an answer holds, in milliseconds: who leaves a group is in it no longer than that. */
const FRESH = 5 * 60_000;
const REMEMBERED_TEAMS = 200;

/** By person; nothing if Slack does not let the bot see them. */
type Groups = ReadonlyMap<string, readonly string[]> | undefined;

export class UserGroups {
  readonly #clock: Clock;
  readonly #known = new RecentMap<string, { groups: Promise<Groups>; until: number }>(
    REMEMBERED_TEAMS,
  );

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Never rejects: what cannot be asked now is nothing, and asked again next time. */
  async of(
    workspace: Workspace,
    person: string,
  ): Promise<{ readonly roles: readonly string[]; readonly areRolesHidden?: boolean }> {
    try {
      const groups = await this.#groupsIn(workspace);
      return groups ? { roles: groups.get(person) ?? [] } : HIDDEN;
    } catch {
      return HIDDEN; // Slack was not reached; the next time it is asked again
    }
  }

  #groupsIn(workspace: Workspace): Promise<Groups> {
    const { team } = workspace;
    const known = this.#known.get(team);
    if (known && known.until > this.#clock.now()) return known.groups;
    const groups = readGroups(workspace).catch((error: unknown) => {
      this.#known.delete(team);
      throw error;
    });
    this.#known.set(team, { groups, until: this.#clock.now() + FRESH });
    return groups;
  }
}

const HIDDEN = { roles: [], areRolesHidden: true } as const;

async function readGroups({ client }: Workspace): Promise<Groups> {
  try {
    const { usergroups = [] } = await client.usergroups.list({ include_users: true });
    const groups = new Map<string, string[]>();
    for (const { id = "", users = [] } of usergroups) {
      for (const user of users) groups.set(user, [...(groups.get(user) ?? []), id]);
    }
    return groups;
  } catch (error) {
    if (refusalOf(error) === undefined) throw error; // not reached: that passes
    return undefined; // the scope is missing
  }
}
