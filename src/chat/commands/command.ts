/**
 * What a command of the bot is: declared once, offered as a slash command of
 * Discord, as `/lfz <verb>` and `!verb` in Slack, and as `/verb` at
 * the terminal and on the page.
 */

import type { Answer, CommandCall } from "../platform.ts";

/**
 * Who may give it. `manager`: whoever manages the server or workspace, for
 * what concerns only that. `reviewer` and `admin`: whose role owners have
 * made that there, see `roles`. `owner`: whom `LFZ_ADMINS` names, and whoever
 * sits at the terminal. Admins may do what managers and reviewers may, owners
 * everything.
 */
export type Audience = "everyone" | "manager" | "reviewer" | "admin" | "owner";

export interface CommandOption {
  readonly name: string;
  readonly description: string;
  readonly type: "text" | "integer" | "switch";
  readonly isRequired?: boolean;
  /** The only values there are, at most 25. */
  readonly choices?: readonly string[];
  /** Values are proposed as one types: the platform asks `bot.complete`. */
  readonly completes?: boolean;
  /** For integers. */
  readonly min?: number;
  readonly max?: number;
  /** For texts, in characters. */
  readonly maxLength?: number;
}

export interface Command {
  /** Lower case and hyphens. */
  readonly name: string;
  readonly summary: string;
  readonly audience: Audience;
  /** Its answer is for whoever asked. */
  readonly isPrivate: boolean;
  /** Where a line of text gives the command, its last text option takes the rest of the line. */
  readonly options: readonly CommandOption[];
  /** Makes sense in a server or workspace only. */
  readonly needsCommunity?: boolean;
}

/** A command and what it does; `run` may throw a `HintedError`, which is then the answer. */
export interface CommandDefinition<Context> extends Command {
  run(
    call: CommandCall,
    context: Context,
  ): Promise<Omit<Answer, "isPrivate">> | Omit<Answer, "isPrivate">;
  complete?(
    option: string,
    typed: string,
    context: Context,
    call: CommandCall,
  ): Promise<readonly string[]>;
}
