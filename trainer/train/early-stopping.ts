/** Remembers the best validation loss and says when waiting for a better one is over. */

export interface Best {
  readonly step: number;
  readonly loss: number;
}

export interface StoppingState {
  readonly best: Best | null;
  /** Evaluations since the last real improvement. */
  readonly waited: number;
}

export const NOTHING_SEEN: StoppingState = { best: null, waited: 0 };

export interface Judgement {
  readonly state: StoppingState;
  /** The lowest loss so far: its weights are worth keeping. */
  readonly isBest: boolean;
}

/** An improvement below `minDelta` is kept as the best, but does not buy more patience. */
export function judge(
  { best, waited }: StoppingState,
  { step, loss }: Best,
  { minDelta }: { readonly minDelta: number },
): Judgement {
  const isBest = Number.isFinite(loss) && (best === null || loss < best.loss);
  const improved = isBest && (best === null || loss < best.loss - minDelta);
  const state = { best: isBest ? { step, loss } : best, waited: improved ? 0 : waited + 1 };
  return { state, isBest };
}

/** True when waiting for a better loss is over. */
export function isOver({ waited }: StoppingState, { patience }: { readonly patience: number }) {
  return waited >= patience;
}
