/**
 * Who people are: names, and whether they manage the workspace. Asked once
 * in a while and remembered, for Slack counts the questions.
 */

import type { Clock } from "../../../chat/clock.ts";
import type { Person } from "../../../chat/platform.ts";
import { RecentMap } from "../../../chat/recent.ts";
import type { Workspace } from "./workspace.ts";

/** So long an answer holds, in milliseconds. */
const FRESH = 10 * 60_000;
const REMEMBERED = 5000;

interface Known {
  readonly person: Promise<Person>;
  readonly until: number;
}

export class UserDirectory {
  readonly #clock: Clock;
  readonly #known = new RecentMap<string, Known>(REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Never rejects: somebody who cannot be looked up is still somebody. */
  async personOf(workspace: Workspace, id: string): Promise<Person> {
    const key = `${workspace.team}/${id}`;
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return known.person;
    const person = lookUp(workspace, id).catch(() => {
      this.#known.delete(key); // asked again next time
      return stranger(id);
    });
    this.#known.set(key, { person, until: this.#clock.now() + FRESH });
    return person;
  }
}

/** A program without a user of its own. */
export function programOf(id: string, name = "a bot"): Person {
  return { ...stranger(id), name, isBot: true };
}

async function lookUp({ client }: Workspace, id: string): Promise<Person> {
  const { user } = await client.users.info({ user: id });
  const { display_name: shown, real_name: real } = user?.profile ?? {};
  return {
    id,
    name: shown || real || user?.name || "someone",
    isBot: user?.is_bot ?? false,
    roles: [],
    isManager: Boolean(user?.is_admin || user?.is_owner),
  };
}

function stranger(id: string): Person {
  return { id, name: "someone", isBot: false, roles: [], isManager: false };
}
