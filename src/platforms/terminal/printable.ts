/** Text that a terminal only shows: a model must not move the cursor or rename the window. */

/** C0 and C1 control characters and DEL, without tab and line feed. */
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export function toPrintable(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}
