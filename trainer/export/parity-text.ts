/** What the parity of an export is measured on when no conversation of its data is at hand. */

import { renderConversation } from "../../src/core/chat/template.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";

/** Every position is compared with three whole rows of logits: so many are proof enough. */
export const MOST_PARITY_TOKENS = 64;

const GREETING = [
  { role: "user", content: "Hello!" },
  { role: "assistant", content: "Hello! How are you?" },
  { role: "user", content: "Fine, thank you. What can you tell me about yourself?" },
  { role: "assistant", content: "I am a small language model, and I learn from conversations." },
] as const;

/** The first `longest` tokens of a greeting. */
export function greetingIds(tokenizer: ChatTokenizer, longest: number): number[] {
  return renderConversation([...GREETING], tokenizer).ids.slice(0, longest);
}
