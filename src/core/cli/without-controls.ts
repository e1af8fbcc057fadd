/** What a model, a file or a person says must not steer the terminal that it is shown on. */
export function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, "\uFFFD");
}
