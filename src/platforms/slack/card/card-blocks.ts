/** A card in Slack's blocks: its text, its picture, its buttons. */

import type { types } from "@slack/bolt";

import type { Card, CardButton } from "../../../chat/cards.ts";
import { contentOf } from "../conversation/tell.ts";
import { plain } from "../reply/reply-blocks.ts";

/** What a button's action begins with; its value is the command line. */
export const RUN_ACTION = "lfz_run_";

const DESCRIPTION_LIMIT = 2000;

/** @param file Slack's id of the picture, if there is one to be shown */
export function cardContent({ text, image, buttons }: Card, file: string | undefined) {
  const { text: preview, blocks } = contentOf(text);
  const picture: types.ImageBlock[] =
    image && file !== undefined
      ? [
          {
            type: "image",
            slack_file: { id: file },
            alt_text: image.description.slice(0, DESCRIPTION_LIMIT),
          },
        ]
      : [];
  return { text: preview, blocks: [...blocks, ...picture, ...actions(buttons)] };
}

function actions(buttons: readonly CardButton[]): types.ActionsBlock[] {
  if (buttons.length === 0) return [];
  return [{ type: "actions", elements: buttons.map(toButton) }];
}

function toButton({ label, line, isDangerous = false }: CardButton, index: number): types.Button {
  return {
    type: "button",
    action_id: `${RUN_ACTION}${index}`,
    text: plain(label),
    value: line,
    ...(isDangerous && { style: "danger" }),
  };
}
