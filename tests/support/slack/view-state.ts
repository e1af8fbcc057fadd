/** What a person filled into a modal, as Slack sends it: every input by block and action. */

/** Texts and choices by block id; anything else goes out as it is, as a forged request would. */
export type ViewValues = Readonly<Record<string, unknown>>;

interface InputBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly element?: { readonly type: string; readonly action_id?: string };
}

export function stateOf(
  view: Readonly<Record<string, unknown>>,
  values: ViewValues,
): Record<string, Record<string, unknown>> {
  const inputs = (view["blocks"] as readonly InputBlock[]).filter(({ type }) => type === "input");
  return Object.fromEntries(
    inputs.map(({ block_id: block = "", element }) => {
      const given = values[block];
      const type = element?.type ?? "plain_text_input";
      return [block, { [element?.action_id ?? ""]: { type, ...stateFor(type, given) } }];
    }),
  );
}

function stateFor(type: string, given: unknown): Record<string, unknown> {
  if (typeof given === "object" && given !== null) return { ...given };
  if (type === "plain_text_input") return { value: given ?? null };
  const option = given === undefined ? null : { value: given };
  return type === "checkboxes"
    ? { selected_options: option ? [option] : [] }
    : { selected_option: option };
}
