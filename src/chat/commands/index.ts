/** The bot's commands in chat, in the order of their help. A new one is a file beside this one and a line here. */

import type { Contexts } from "../../feedback/contexts.ts";
import type { Forgotten } from "../../feedback/forgotten.ts";
import type { Ratings } from "../../feedback/ratings.ts";
import type { Engine } from "../../generate/types.ts";
import type { Clock } from "../clock.ts";
import type { Consent } from "../consent.ts";
import type { Jobs } from "../jobs.ts";
import type { Models } from "../models.ts";
import type { People } from "../people.ts";
import type { Replies } from "../replies.ts";
import type { SaidLately } from "../said-lately.ts";
import type { BotSettings } from "../settings.ts";
import type { TaughtModels } from "../taught-models.ts";
import type { StateDocument } from "../../state/document.ts";
import { chat } from "./chat.ts";
import { compare } from "./compare.ts";
import type { Command, CommandDefinition } from "./command.ts";
import { correct } from "./correct.ts";
import { feedback } from "./feedback.ts";
import { forgetMe, optIn, optOut, privacy } from "./privacy.ts";
import { help } from "./help.ts";
import { model, stats } from "./model.ts";
import { mute, resume, stop, unmute } from "./order.ts";
import { persona } from "./persona.ts";
import { myData } from "./my-data.ts";
import { reset } from "./reset.ts";
import { roles } from "./roles.ts";
import { review } from "./review.ts";
import { settings } from "./settings.ts";
import { train } from "./train.ts";
import { models, promote, rollback } from "./versions.ts";

/** What is there to be talked about: models, settings, replies, people. */
export interface CommandParts {
  readonly engine: Promise<Engine>;
  /** Where there are several versions of the model; else all are answered by the engine. */
  readonly models?: Models | undefined;
  /** Where new models can be made. */
  readonly jobs?: Jobs | undefined;
  /** Where none are made, but some may have been begun. */
  readonly restingJobs?: Pick<Jobs, "collectAgain"> | undefined;
  /** Which models have learnt from whom, where there are several. */
  readonly taught?: TaughtModels | undefined;
  readonly settings: StateDocument<BotSettings>;
  readonly replies: Replies;
  readonly contexts: Contexts;
  readonly ratings: Ratings;
  readonly forgotten: Forgotten;
  /** How many days contexts are kept. */
  readonly retentionDays: number;
  readonly consent: Consent;
  readonly people: People;
  readonly clock: Clock;
}

/** What commands work on. */
export interface CommandContext extends CommandParts {
  readonly commands: readonly Command[];
  readonly saidLately: SaidLately;
  readonly queueLength: number;
  /** Ends every reply that is being written. */
  interruptAll(): void;
}

export type ChatCommand = CommandDefinition<CommandContext>;

export const commands: readonly ChatCommand[] = [
  chat,
  reset,
  help,
  feedback,
  correct,
  model,
  stats,
  privacy,
  optIn,
  optOut,
  myData,
  forgetMe,
  persona,
  settings,
  review,
  mute,
  unmute,
  stop,
  resume,
  models,
  compare,
  promote,
  rollback,
  train,
  roles,
];
