/** Who gave a command, as it is written down for good. */

import { isAtMachine } from "../place.ts";
import type { CommandCall, PlatformName } from "../platform.ts";

/** At the machine it is one and the same person, whichever way: no second admin to oneself. */
export function givenBy({ person, place: { platform } }: CommandCall): {
  readonly who: string;
  readonly platform: PlatformName;
} {
  return { who: isAtMachine(platform) ? "terminal:owner" : `${platform}:${person.id}`, platform };
}
