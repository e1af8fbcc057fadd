/** Opens a page in the browser of whoever sits at this machine. */

import { spawn } from "node:child_process";

/** A machine without a browser is no reason to fail: the address stands on the terminal. */
export function openBrowser(url: string): void {
  const [program, ...args] = openerOf(process.platform);
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

function openerOf(platform: NodeJS.Platform): [program: string, ...args: string[]] {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["cmd", "/c", "start", ""]; // the first quoted word is a title
  return ["xdg-open"];
}
