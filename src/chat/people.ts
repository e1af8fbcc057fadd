/**
 * Who somebody is to the bot: a pseudonym on disk, an admin by configuration.
 *
 * A pseudonym is a keyed hash (HMAC-SHA-256) of platform and id: without the
 * key of this installation nobody can tell whose it is, and with it a person
 * who asks to be forgotten is found.
 */

import { createHmac } from "node:crypto";

import type { Audience } from "./commands/command.ts";
import { isAtMachine } from "./place.ts";
import type { Person, PlatformName } from "./platform.ts";

/** Somebody whom `LFZ_ADMINS` names. */
export interface AdminId {
  readonly platform: string;
  readonly id: string;
}

const PSEUDONYM_LENGTH = 20;

export class People {
  readonly #key: Uint8Array;
  readonly #admins: ReadonlySet<string>;

  constructor(key: Uint8Array, admins: readonly AdminId[]) {
    this.#key = key;
    this.#admins = new Set(admins.map(({ platform, id }) => `${platform}:${id}`));
  }

  pseudonymOf(platform: PlatformName, personId: string): string {
    const hash = createHmac("sha256", this.#key).update(`${platform}:${personId}`);
    return hash.digest("hex").slice(0, PSEUDONYM_LENGTH);
  }

  isAdmin(platform: PlatformName, person: Person): boolean {
    if (isAtMachine(platform)) return true;
    return !person.isBot && this.#admins.has(`${platform}:${person.id}`);
  }

  /** Admins may do everything; whoever manages a server, what concerns that. */
  belongsTo(audience: Audience, platform: PlatformName, person: Person): boolean {
    if (audience === "everyone" || this.isAdmin(platform, person)) return true;
    return audience === "manager" && person.isManager && !person.isBot;
  }
}
