import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openHomeOrGuestHome } from "../../../src/state/guest-home.ts";
import { openHome } from "../../../src/state/home.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("openHomeOrGuestHome", () => {
  it("is the real home while nobody is there", async () => {
    const folder = temporaryFolder();
    const home = await openHomeOrGuestHome(folder);
    expect(home).toMatchObject({ folder, isGuest: false });
    await home.close();
  });

  it("is a room that vanishes while another process is at home", async () => {
    const folder = temporaryFolder();
    await openHome(folder).then((home) => home.close());
    await writeFile(join(folder, "lock"), String(process.ppid)); // a process that lives, and is not this one
    const guest = await openHomeOrGuestHome(folder);
    expect(guest.isGuest).toBe(true);
    expect(guest.folder).not.toBe(folder);
    await writeFile(guest.path("rating"), "good");
    await guest.close();
    expect(existsSync(guest.folder)).toBe(false);
  });
});
