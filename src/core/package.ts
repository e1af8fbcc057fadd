/** Where this package lies and which version it is, in a checkout and in a build. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, `experiments/starter/` and everything else that ships. */
export const packageFolder: string = folderWithManifest(dirname(fileURLToPath(import.meta.url)));

export function readPackageVersion(): string {
  const text = readFileSync(join(packageFolder, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string }; // our own file
  return version;
}

function folderWithManifest(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("package.json of language-from-zero is missing");
  return folderWithManifest(parent);
}
