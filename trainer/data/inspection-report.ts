/** An inspection as a page of text. */

import { withoutControls } from "../../src/core/cli/without-controls.ts";
import { drawHistogram } from "./histogram.ts";
import type { InspectionResult } from "./inspection.ts";
import { markReplies } from "./mark-replies.ts";

export function reportOf(result: InspectionResult, options: { colours: boolean }): string {
  const { conversations, messages, characters, tokens, examples } = result;
  const sections = [headOf(result)];
  if (conversations > 0) {
    sections.push(
      drawHistogram("Messages in a conversation", messages),
      drawHistogram("Characters in a message", characters),
    );
  }
  if (tokens && conversations > 0) {
    sections.push(drawHistogram("Tokens in a conversation", tokens));
  }
  if (examples.length > 0) {
    const marked = options.colours ? "in green" : "in brackets";
    sections.push(`As it is learnt, with what the bot learns to say ${marked}:`);
    sections.push(...examples.map((example) => markReplies(example.messages, options)));
  }
  sections.push(...remarksOf(result), ...problemsOf(result));
  return sections.join("\n\n");
}

function headOf({ conversations, messages, sources, scripts }: InspectionResult): string {
  const count = Math.round(messages.mean * conversations).toLocaleString("en");
  return [
    `${conversations.toLocaleString("en")} conversations, ${count} messages`,
    `sources  ${sharesOf(sources, conversations)}`,
    `scripts  ${sharesOf(scripts, conversations)}`,
  ].join("\n");
}

/** `Latin 98.2 %, Cyrillic 1.8 %` */
function sharesOf(counts: Readonly<Record<string, number>>, total: number): string {
  const percent = (count: number) => Number(((count / total) * 100).toPrecision(3));
  return Object.entries(counts)
    .map(([name, count]) => `${withoutControls(name)} ${percent(count)} %`)
    .join(", ");
}

function remarksOf({ remarks }: InspectionResult): string[] {
  const lines = Object.entries(remarks).map(([remark, { rows, first }]) => {
    const others = rows > 1 ? ` and ${(rows - 1).toLocaleString("en")} more` : "";
    return `  ${remark} (${first}${others})`;
  });
  return lines.length === 0 ? [] : [["Remarks", ...lines].join("\n")];
}

function problemsOf({ problems, badRows }: InspectionResult): string[] {
  if (badRows === 0) return [];
  const lines = problems.map((problem) => `  ${problem}`);
  const others = badRows - problems.length;
  if (others > 0) lines.push(`  and ${others.toLocaleString("en")} more`);
  return [["Problems", ...lines].join("\n")];
}
