/** Who takes which interaction; whatever goes wrong with one ends here, in the log. */

import { Events, type Interaction } from "discord.js";

import { privately } from "../../chat/answer.ts";
import { WORDS } from "../../chat/words.ts";
import { press } from "./buttons.ts";
import { complete, runCommand } from "./commands.ts";
import { choose } from "./context-menus.ts";
import type { Desk } from "./desk.ts";
import { takeForm } from "./forms.ts";
import { acknowledge, answer, whisper, type Answerable } from "./interaction-answer.ts";

export function listenToInteractions(desk: Desk): void {
  desk.client.on(Events.InteractionCreate, (interaction) => {
    void takeOrApologise(interaction, desk);
  });
}

/** Nobody is left with a bot that thinks for ever. */
async function takeOrApologise(interaction: Interaction, desk: Desk): Promise<void> {
  const log = desk.log.with({ interaction: interaction.id });
  try {
    await take(interaction, desk);
  } catch (error) {
    log.error("interaction failed", { error });
    if (!isAnswerable(interaction) || !interaction.deferred) return;
    const isWaiting = interaction.ephemeral !== null; // else only its button was pressed
    const apology = isWaiting
      ? answer(interaction, privately(WORDS.failed))
      : whisper(interaction, WORDS.failed);
    await apology.catch((error: unknown) => log.warn("not told", { error }));
  }
}

function isAnswerable(interaction: Interaction): interaction is Answerable {
  return (
    interaction.isButton() ||
    interaction.isChatInputCommand() ||
    interaction.isMessageContextMenuCommand() ||
    interaction.isModalSubmit()
  );
}

async function take(interaction: Interaction, desk: Desk): Promise<void> {
  if (interaction.isButton()) return press(interaction, desk);
  if (interaction.isChatInputCommand()) return runCommand(interaction, desk);
  if (interaction.isAutocomplete()) return complete(interaction, desk);
  if (interaction.isMessageContextMenuCommand()) return choose(interaction, desk);
  if (interaction.isModalSubmit()) {
    await acknowledge(interaction, true, desk.log);
    await answer(interaction, await takeForm(interaction, desk));
  }
}
