/**
 * What the bot must be allowed to do, and what it is for. `manifest.json`
 * asks for the same; a test compares the two.
 */

const NEEDED = {
  "app_mentions:read": "hear when it is mentioned",
  "assistant:write": "show status, title and prompts in the assistant pane",
  "channels:history": "read threads of public channels",
  "chat:write": "answer",
  commands: "offer its slash command and shortcuts",
  "files:write": "send a very long reply as a file, and show pictures in cards",
  "groups:history": "read threads of private channels",
  "im:history": "read direct messages",
  "im:write": "open direct messages",
  "reactions:write": "mark a message as read where it has nothing to say",
  "reactions:read": "count reactions as feedback",
  "usergroups:read": "know who is in which user group, for roles and limits",
  "users:read": "know people by name",
} as const;

export const SCOPES: readonly string[] = Object.keys(NEEDED);

export interface MissingScope {
  readonly scope: string;
  /** What the bot cannot do without it. */
  readonly purpose: string;
}

export function missingScopes(granted: readonly string[]): MissingScope[] {
  return Object.entries(NEEDED).flatMap(([scope, purpose]) =>
    granted.includes(scope) ? [] : [{ scope, purpose }],
  );
}
