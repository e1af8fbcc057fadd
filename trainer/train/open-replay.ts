/** The original conversations that a run repeats beside the new ones. */

import type { Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import type { ReplayedData } from "../../src/core/experiment/run-record.ts";
import {
  LEAST_SHARE,
  replayRing,
  USUAL_SHARE,
  type Replay,
  type ReplayShare,
} from "../data/replay.ts";
import type { Shard, ShardSet } from "../data/shards.ts";
import { repliesOf } from "../preference/replayed-replies.ts";
import type { RunSettings } from "./run-settings.ts";

export interface OpenReplay extends Replay, Pick<ShardSet, "manifest" | "people"> {
  /** An epoch of it, as the record tells. */
  readonly described: Pick<ReplayedData, "share" | "conversations" | "tokens">;
}

interface Beside {
  readonly share: ReplayShare;
  /** What is new. */
  readonly fresh: Shard;
  /** Ends every reply. */
  readonly eos: number;
  readonly console: Console;
}

/** Only their training split: the rest of the originals is what the model is judged by. */
export function toReplay(
  shards: ShardSet,
  { loss, preference }: Pick<RunSettings, "loss" | "preference">,
  { share, fresh, eos, console }: Beside,
): OpenReplay {
  const train = shards.split("train");
  const originals = preference ? repliesOf(train, eos) : train;
  const ring = replayRing(fresh, { originals, share }, { loss, seed: 0 }); // any other is about as long
  const first = ring.stretch(0);
  const tokens = first.reduce((sum, i) => sum + originals.length(i), 0);
  if (ring.isShort) {
    const wanted = percent(share === "usual" ? USUAL_SHARE : share);
    console.note(
      `There is not enough to repeat: ${percent(ring.share)} of what is learnt instead of ${wanted} or more.`,
    );
  }
  const described = { share: ring.share, conversations: first.length, tokens };
  const { manifest, people } = shards;
  return { originals, share, manifest, people, described };
}

/** @throws HintedError if it is not a share, or nothing is there to be shared out */
export function toReplayShare(
  files: readonly string[] | undefined,
  given: number | undefined,
): ReplayShare | null {
  if (files === undefined && given === undefined) return null;
  if (files === undefined) {
    throw new HintedError(`--replay-share ${given}: nothing is repeated.`, {
      hint: "Name the original conversations with --replay FILE..., or leave the share out.",
    });
  }
  if (given === undefined) return "usual";
  if (given >= LEAST_SHARE && given < 1) return given;
  throw new HintedError(
    `--replay-share ${given}: not a share from ${LEAST_SHARE} on and below 1.`,
    { hint: "Leave it out to repeat as much as usual; below a tenth, models forget." },
  );
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
