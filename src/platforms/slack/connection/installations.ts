/**
 * The workspaces the app is installed in, and its token for each: one sealed
 * file a workspace, gone when the app is taken out.
 */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Installation, InstallationQuery, InstallationStore } from "@slack/bolt";

import { HintedError } from "../../../core/errors.ts";
import { readIfThere, writeFileAtomic } from "../../../core/files.ts";
import { seal, unseal } from "./sealed.ts";

const ID = /^[TE][A-Z\d]+$/;
const SUFFIX = ".sealed";

export interface Installations extends InstallationStore {
  deleteInstallation(query: InstallationQuery<boolean>): Promise<void>;
  /** All of them, for the check at start. */
  list(): Promise<Installation[]>;
}

export function createInstallations(folder: string, key: Buffer): Installations {
  const pathOf = (id: string) => join(folder, `${id}${SUFFIX}`);
  const read = async (id: string): Promise<Installation | undefined> => {
    const sealed = await readIfThere(pathOf(id));
    return sealed === undefined ? undefined : opened(sealed, key, id);
  };
  return {
    async storeInstallation(installation) {
      const id = idOf(installation.team?.id ?? installation.enterprise?.id);
      await writeFileAtomic(pathOf(id), seal(JSON.stringify(installation), key, id));
    },
    async fetchInstallation(query) {
      const id = idOf(queriedId(query));
      const found = await read(id);
      if (!found) {
        throw new HintedError(`The app is not installed in ${id}.`, {
          hint: "Install it there anew.",
        });
      }
      return found;
    },
    async deleteInstallation(query) {
      await rm(pathOf(idOf(queriedId(query))), { force: true });
    },
    async list() {
      const names = await readdir(folder).catch(() => []); // no folder: nobody has installed it yet
      const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.split(".")[0]);
      const found = await Promise.all(ids.map((id) => read(id ?? "")));
      return found.filter((one) => one !== undefined);
    },
  };
}

function queriedId({ teamId, enterpriseId, isEnterpriseInstall }: InstallationQuery<boolean>) {
  return isEnterpriseInstall ? enterpriseId : teamId;
}

/** Ids become names of files, and come from outside. */
function idOf(id: string | undefined): string {
  if (id !== undefined && ID.test(id)) return id;
  throw new Error("A workspace without a proper id.");
}

function opened(sealed: string, key: Buffer, id: string): Installation {
  try {
    return JSON.parse(unseal(sealed, key, id)) as Installation; // we wrote it, and nobody else could
  } catch (cause) {
    throw new HintedError(`The stored token of workspace ${id} cannot be opened.`, {
      hint: "Set SLACK_STORE_KEY to the key it was stored with, or install the app there anew.",
      cause,
    });
  }
}
