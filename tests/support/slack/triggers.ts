/** Trigger ids: a click lets the app open one modal within three seconds. */

import type { Clock } from "./clock.ts";
import { SlackError } from "./web-api/method.ts";

export interface Triggers {
  /** A new one, for a click of this user. */
  give(user: string): string;
  /** Whose click it was. */
  use(trigger: string): string;
}

const LIFETIME = 3000;

export function createTriggers(clock: Clock): Triggers {
  const given = new Map<string, { user: string; at: number; used: boolean }>();
  return {
    give(user) {
      const id = `${given.size + 1}.${user}.trigger`;
      given.set(id, { user, at: clock.now(), used: false });
      return id;
    },
    use(id) {
      const trigger = given.get(id);
      if (!trigger) throw new SlackError("invalid_trigger_id");
      if (trigger.used) throw new SlackError("exchanged_trigger_id");
      if (clock.now() - trigger.at > LIFETIME) throw new SlackError("expired_trigger_id");
      trigger.used = true;
      return trigger.user;
    },
  };
}
