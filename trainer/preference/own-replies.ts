/** What a model says to prompts when its tokens are drawn as it rates them. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Random } from "../../src/core/random.ts";
import type { SpecialTokens } from "../../src/core/tokenizer/tokenizer.ts";
import { openTrainedDecoder } from "../eval/sample-replies.ts";
import type { ParameterBlock } from "../model/parameter-store.ts";
import type { ComparisonSet } from "./comparison-set.ts";
import type { OwnReply } from "./reference.ts";

const MOST_PROMPTS = 32;
const MOST_TOKENS = 32;

/** To prompts spread over the set; a reply ends with `<eos>` or `<stop>`, or where it is long enough. */
export async function ownReplies(
  runtime: Runtime,
  { config, weights }: { readonly config: ModelConfig; readonly weights: ParameterBlock },
  set: ComparisonSet,
  { eos, stop }: Pick<SpecialTokens, "eos" | "stop">,
  random: Random,
): Promise<Omit<OwnReply, "logProbabilities">[]> {
  const decoder = await openTrainedDecoder(runtime, config, weights);
  const said: Omit<OwnReply, "logProbabilities">[] = [];
  try {
    for (const prompt of promptsOf(set)) {
      const ids = [...prompt];
      const end = Math.min(ids.length + MOST_TOKENS, config.context);
      let logits = ids.length < end ? await decoder.read(0, 0, ids) : undefined;
      while (logits) {
        const token = drawn(logits, random);
        ids.push(token);
        const isOver = token === eos || token === stop || ids.length >= end;
        logits = isOver ? undefined : await decoder.read(0, ids.length - 1, [token]);
      }
      if (ids.length > prompt.length) said.push({ ids, replyStart: prompt.length });
    }
  } finally {
    decoder.dispose();
  }
  return said;
}

function* promptsOf(set: ComparisonSet): Generator<Int32Array> {
  for (let at = 0; at < set.count; at += Math.max(1, set.count / MOST_PROMPTS)) {
    const [{ ids, replyStart }] = set.read(Math.floor(at)).replies;
    yield ids.subarray(0, replyStart);
  }
}

/** A token by its probability: temperature 1, nothing cut off, for an estimate that leans nowhere. */
function drawn(logits: Float32Array, random: Random): number {
  const highest = logits.reduce((most, logit) => Math.max(most, logit));
  const shares = Float64Array.from(logits, (logit) => Math.exp(logit - highest));
  let left = random.next() * shares.reduce((sum, share) => sum + share, 0);
  for (let token = 0; token < shares.length; token++) {
    left -= shares[token];
    if (left < 0) return token;
  }
  return shares.length - 1;
}
