/** What Slack tells of a click: which element it was, and what it now holds. */

export interface Press {
  readonly actionId: string;
  /** The side of feedback buttons, or an option; a plain button brings its own. */
  readonly value?: string;
}

interface Element {
  readonly type: string;
  readonly action_id?: string;
  readonly [field: string]: unknown;
}

interface Holder {
  readonly block_id?: string;
  readonly elements?: readonly Element[];
  readonly accessory?: Element;
  readonly element?: Element;
}

/** An element that is not there any more is clicked all the same: old screens linger. */
export function actionIn(blocks: unknown, { actionId, value }: Press): Record<string, unknown> {
  for (const [at, block] of (blocks as readonly Holder[]).entries()) {
    const elements = [...(block.elements ?? []), block.accessory, block.element];
    const element = elements.find((one) => one?.action_id === actionId);
    const block_id = block.block_id ?? `block-${at}`;
    if (element) {
      return { type: element.type, action_id: actionId, block_id, ...held(element, value) };
    }
  }
  return { type: "button", action_id: actionId, block_id: "gone", value };
}

function held(element: Element, value: string | undefined): Record<string, unknown> {
  const option = (chosen: string | undefined) => ({
    text: { type: "plain_text", text: String(chosen) },
    value: chosen,
  });
  switch (element.type) {
    case "checkboxes":
      return { selected_options: value ? value.split(",").map(option) : [] };
    case "static_select":
    case "radio_buttons":
    case "overflow":
      return { selected_option: option(value) };
    default:
      return { text: element["text"], value: value ?? element["value"] };
  }
}
