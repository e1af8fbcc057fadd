/** A profile as a picture: a bar for each part of the model, its forward and its backward pass. */

import { CHART_STYLE } from "../eval/chart.ts";
import { markup, Markup } from "../eval/markup.ts";
import type { PartTime } from "./operator-profile.ts";

const WIDTH = 720;
const ROW = 30;
const HEAD = 58;
const LEFT = 150;
const RIGHT = 90;
const PADDING = 14;

/** An SVG file that stands alone. */
export function profileSvg(title: string, parts: readonly PartTime[]): string {
  const height = HEAD + parts.length * ROW + PADDING;
  const longest = Math.max(...parts.map(({ milliseconds }) => milliseconds));
  const scale = (WIDTH - LEFT - RIGHT) / longest;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>${new Markup(CHART_STYLE)}.chart rect.bar { fill: var(--colour); }</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="title" x="${PADDING}" y="22">${title}</text>
<rect class="bar train" x="${LEFT}" y="34" width="10" height="10"/><text x="${LEFT + 16}" y="43">forward</text>
<rect class="bar validation" x="${LEFT + 80}" y="34" width="10" height="10"/><text x="${LEFT + 96}" y="43">backward</text>
${parts.map((part, row) => bar(part, HEAD + row * ROW, scale))}</svg>
`.text;
}

function bar({ part, forward, backward, share }: PartTime, y: number, scale: number): Markup {
  const [first, second] = [forward * scale, backward * scale];
  const percent = `${(share * 100).toFixed(1)} %`;
  return markup`<text x="${LEFT - 10}" y="${y + 17}" text-anchor="end">${part}</text>
<rect class="bar train" x="${LEFT}" y="${y + 4}" width="${first.toFixed(1)}" height="18"><title>${part}, forward: ${forward.toFixed(0)} ms</title></rect>
<rect class="bar validation" x="${(LEFT + first).toFixed(1)}" y="${y + 4}" width="${second.toFixed(1)}" height="18"><title>${part}, backward: ${backward.toFixed(0)} ms</title></rect>
<text x="${(LEFT + first + second + 8).toFixed(1)}" y="${y + 17}">${percent}</text>
`;
}
