/** Where this package lies and which version it is, in a checkout and in a build. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, `experiments/starter/` and everything else that ships. */
export const packageFolder: string = folderWithManifest(dirname(fileURLToPath(import.meta.url)));

export interface Package {
  readonly version: string;
  readonly engines: { readonly node: string };
}

export function readPackage(): Package {
  const text = readFileSync(join(packageFolder, "package.json"), "utf8");
  return JSON.parse(text) as Package; // our own file
}

export function readPackageVersion(): string {
  return readPackage().version;
}

function folderWithManifest(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("package.json of language-from-zero is missing");
  return folderWithManifest(parent);
}
