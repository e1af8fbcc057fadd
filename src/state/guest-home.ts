/** A home for whoever comes while the bot itself is at home: it is gone when they leave. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { lockOwner } from "../core/lock.ts";
import { openHome, type Home } from "./home.ts";

export interface GuestHome extends Home {
  /** Nothing of what is written here stays: another process has the real one. */
  readonly isGuest: boolean;
}

export async function openHomeOrGuestHome(folder: string): Promise<GuestHome> {
  const isTaken = (await lockOwner(resolve(folder))) !== undefined;
  if (!isTaken) return { ...(await openHome(folder)), isGuest: false };
  const home = await openHome(await mkdtemp(join(tmpdir(), "lfz-guest-")));
  return {
    ...home,
    isGuest: true,
    async close() {
      await home.close();
      await rm(home.folder, { recursive: true, force: true });
    },
  };
}
