/** Is Node new enough for this package? */

import { readPackage } from "../core/package.ts";
import { failed, ok, type Check } from "./check.ts";

export function versionsCheck(nodeVersion = process.versions.node): Check {
  return {
    name: "Versions",
    async run() {
      const { version, engines } = readPackage();
      const least = engines.node.replace(">=", "");
      const words = `language-from-zero ${version}, Node ${nodeVersion}, ${process.platform} ${process.arch}`;
      return isAtLeast(nodeVersion, least)
        ? ok(words)
        : failed(`${words}: Node is too old`, `Install Node ${least} or newer.`);
    },
  };
}

/** `20.9.0` is older than `20.12`. */
function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
