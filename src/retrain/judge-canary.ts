/**
 * Is a canary clearly worse than the champion was in the same time?
 *
 * Three shares are compared: ratings that are thumbs down, replies that
 * failed, replies that people waited for. One that is larger by more than luck
 * explains is reason enough.
 */

import { medianOf } from "../core/median.ts";
import type { Fare } from "./canary-figures.ts";
import { leastDifference, type Share } from "./proportions.ts";

/** Less than this says nothing, of either model. What fails is told sooner: it need not happen to fifty people. */
const LEAST_RATINGS = 30;
const LEAST_REPLIES = 50;
export const LEAST_ATTEMPTS = 10;

/**
 * Three standard deviations, because we look again and again: of two equal
 * models looked at every 5 of 1000 ratings, one is called worse in 2 of 100
 * trials; where 3 of 10 thumbs are down, 6 of 10 are noticed after 45 ratings.
 */
const CERTAINTY = 3;

/** Waiting is longer than twice the champion's usual, if anybody notices: in milliseconds. */
const SLOWER = 2;
const NOTICED_MS = 300;

/** What is worse about it, in words; nothing if nothing clearly is. */
export function complaintAbout(canary: Fare, champion: Fare): string | undefined {
  const limit = Math.max(NOTICED_MS, SLOWER * (medianOf(champion.firstTokens) ?? 0));
  return firstComplaint(canary, champion, [
    ["thumbs down", LEAST_RATINGS, ({ bad, ratings }) => ({ hits: bad, of: ratings })],
    ["failed replies", LEAST_ATTEMPTS, ({ failed, replies }) => ({ hits: failed, of: replies })],
    [
      `first tokens after more than ${Math.round(limit)} ms`,
      LEAST_REPLIES,
      ({ firstTokens }) => ({
        hits: firstTokens.filter((wait) => wait > limit).length,
        of: firstTokens.length,
      }),
    ],
  ]);
}

/** What is compared, how often it must have been seen of both, and what share of it went badly. */
type Comparison<Figures> = readonly [string, number, (figures: Figures) => Share];

/** The first share that is clearly larger than the champion's. */
export function firstComplaint<Figures>(
  trial: Figures,
  champion: Figures,
  comparisons: readonly Comparison<Figures>[],
): string | undefined {
  for (const [what, least, shareOf] of comparisons) {
    const [its, usual] = [shareOf(trial), shareOf(champion)];
    if (Math.min(its.of, usual.of) < least) continue;
    if (leastDifference(its, usual, CERTAINTY) > 0) {
      return `${what}: ${wordsOf(its)}, the champion ${wordsOf(usual)}`;
    }
  }
  return undefined;
}

function wordsOf({ hits, of }: Share): string {
  return `${hits} of ${of}`;
}
