/** What Slack knows about the app, and shares with it alone. */

export interface AppIdentity {
  readonly appId: string;
  readonly name: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The old shared word in every payload; nobody should trust it. */
  readonly verificationToken: string;
}

export const exampleApp: AppIdentity = {
  appId: "A00000001",
  name: "zero",
  appToken: "xapp-1-A00000001-secret",
  signingSecret: "signing-secret-of-the-example",
  clientId: "111.222",
  clientSecret: "client-secret-of-the-example",
  verificationToken: "verification-token",
};

/** Every scope that the tests' workspaces grant. */
export const ALL_SCOPES = [
  "app_mentions:read",
  "assistant:write",
  "channels:history",
  "channels:read",
  "chat:write",
  "commands",
  "files:write",
  "groups:history",
  "groups:read",
  "im:history",
  "im:read",
  "im:write",
  "reactions:read",
  "reactions:write",
  "usergroups:read",
  "users:read",
] as const;
