/**
 * OAuth v2: a person allows the app into a workspace, the app changes the
 * code for a token. A code works once, and only for this app.
 */

import type { AppIdentity } from "./app-identity.ts";
import { SlackError, type Arguments } from "./web-api/method.ts";
import { required, type Installation, type World } from "./world.ts";

export interface OAuth {
  /** The page where a person says yes: where their browser goes then. */
  authorize(url: URL, allowed: { team: string; user: string }): string;
  /** oauth.v2.access. */
  exchange(args: Arguments): Readonly<Record<string, unknown>>;
}

export function createOAuth(
  app: AppIdentity,
  world: World,
  install: (teamId: string, scopes: readonly string[]) => Installation,
): OAuth {
  const codes = new Map<
    string,
    { team: string; user: string; scopes: string[]; redirect?: string }
  >();
  return {
    authorize(url, allowed) {
      const asked = url.searchParams;
      if (asked.get("client_id") !== app.clientId) throw new Error("invalid_client_id");
      const code = world.nextId("code-");
      const redirect = asked.get("redirect_uri") ?? undefined;
      const scopes = (asked.get("scope") ?? "").split(",").filter((scope) => scope !== "");
      codes.set(code, { ...allowed, scopes, ...(redirect && { redirect }) });
      const query = new URLSearchParams({ code, state: asked.get("state") ?? "" });
      return `${redirect ?? ""}?${query.toString()}`;
    },
    exchange(args) {
      const code = args.required("code");
      const allowed = codes.get(code);
      if (args.text("client_id") !== app.clientId) throw new SlackError("invalid_client_id");
      if (args.text("client_secret") !== app.clientSecret)
        throw new SlackError("bad_client_secret");
      if (!allowed) throw new SlackError("invalid_code");
      if (allowed.redirect !== args.text("redirect_uri")) throw new SlackError("bad_redirect_uri");
      codes.delete(code);
      const { token, scopes, botUserId } = install(allowed.team, allowed.scopes);
      const { id, name } = required(world.teams, allowed.team);
      return {
        app_id: app.appId,
        access_token: token,
        token_type: "bot",
        scope: scopes.join(","),
        bot_user_id: botUserId,
        team: { id, name },
        enterprise: null,
        is_enterprise_install: false,
        authed_user: { id: allowed.user },
      };
    },
  };
}
