/** Do the variables fit, one by one and together? */

import { readEnvironment, requireSafeHost } from "../config.ts";
import { ok, warning, type Check } from "./check.ts";

/** Where they do not, the checks that rest on them are left out. */
export function environmentCheck(env: Readonly<Record<string, string | undefined>>): Check {
  return {
    name: "Environment",
    async run() {
      const environment = readEnvironment(env);
      requireSafeHost(environment.HOST, environment.LFZ_API_KEY);
      const { DISCORD_TOKEN, SLACK_BOT_TOKEN, SLACK_CLIENT_ID, LFZ_ADMINS } = environment;
      const platforms = [
        DISCORD_TOKEN && "Discord",
        (SLACK_BOT_TOKEN ?? SLACK_CLIENT_ID) && "Slack",
      ].filter(Boolean);
      const words = `fits; ${platforms.join(" and ") || "no chat service"} beside the web page`;
      if (platforms.length === 0 || LFZ_ADMINS.length > 0) return ok(words);
      return warning(`${words}; nobody is an admin`, "Name yourself in LFZ_ADMINS.");
    },
  };
}
