/** Where commands are given: who may, and what comes of it, whatever goes wrong. */

import { HintedError } from "../core/errors.ts";
import type { Log } from "../log.ts";
import { broken, refused } from "./answer.ts";
import type { Command } from "./commands/command.ts";
import { commands, type ChatCommand, type CommandContext } from "./commands/index.ts";
import type { Answer, CommandCall, Person, Place } from "./platform.ts";
import { WORDS } from "./words.ts";

export interface CommandDeskParts {
  /** As it is when a command is given. */
  readonly context: () => CommandContext;
  readonly log: Log;
}

export class CommandDesk {
  readonly #parts: CommandDeskParts;

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
  }

  availableTo(person: Person, place: Place): readonly ChatCommand[] {
    return commands.filter((command) => !this.refusal(command, { person, place }));
  }

  async give(call: CommandCall): Promise<Answer> {
    const { log } = this.#parts;
    const context = this.#parts.context();
    const { platform, community, channel } = call.place;
    const by = context.people.pseudonymOf(platform, call.person.id);
    log.info("command", { name: call.name, by, platform, community, channel });
    const definition = findCommand(call);
    if (!definition) return refused(`There is no command ${call.name.slice(0, 40)}.`);
    const refusal = this.refusal(definition, call);
    if (refusal) {
      log.info("command refused", { name: call.name, by, reason: refusal.text });
      return refusal;
    }
    try {
      return { isPrivate: definition.isPrivate, ...(await definition.run(call, context)) };
    } catch (error) {
      if (error instanceof HintedError) return refused(`${error.message} ${error.hint}`);
      log.error("command failed", { name: call.name, error });
      return broken(WORDS.failed);
    }
  }

  refusal(
    { audience, needsCommunity }: Command,
    { person, place }: Pick<CommandCall, "person" | "place">,
  ): Answer | undefined {
    if (!this.#parts.context().people.belongsTo(audience, place, person)) {
      return refused(WORDS.notAllowed[audience]);
    }
    const isLost = needsCommunity && place.community === undefined;
    return isLost ? refused(WORDS.needsCommunity) : undefined;
  }

  async complete(call: CommandCall, option: string, typed: string): Promise<readonly string[]> {
    const definition = findCommand(call);
    if (!definition || this.refusal(definition, call)) return [];
    return (await definition.complete?.(option, typed, this.#parts.context(), call)) ?? [];
  }
}

function findCommand({ name }: CommandCall): ChatCommand | undefined {
  return commands.find((command) => command.name === name);
}
