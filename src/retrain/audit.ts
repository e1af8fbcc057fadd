/** Who changed which model serves, from where, when and why: a line for each change, kept for good. */

import { z } from "zod";

export const Actor = z.strictObject({
  /** `discord:1122`; whoever sits at the machine is `terminal:owner`, also at its page, the bot itself `lfz`. */
  who: z.string(),
  platform: z.enum(["discord", "slack", "web", "terminal", "command line", "machine"]),
});

export type Actor = Readonly<z.infer<typeof Actor>>;

/** The bot acts by itself: at a start, or because a canary is worse. */
export const MACHINE: Actor = { who: "lfz", platform: "machine" };

/** At the command line; the same person as at the terminal, so no second admin. */
export const OPERATOR: Actor = { who: "terminal:owner", platform: "command line" };

export const AuditRecord = z
  .strictObject({
    /** What the registry's state counts to once the change has taken effect. */
    revision: z.number().int(),
    at: z.number(),
    ...Actor.shape,
    /** `undone`: what the line of this revision announced was never made. `add` stands in old journals only. */
    action: z.enum(["add", "request", "shadow", "canary", "promote", "retire", "undone"]),
    version: z.string(),
    /** Percent of the people. */
    share: z.number().optional(),
    why: z.string().optional(),
    /** What the judge holds against it, where an admin insists. */
    despite: z.string().optional(),
  })
  .readonly();

export type AuditRecord = z.infer<typeof AuditRecord>;
