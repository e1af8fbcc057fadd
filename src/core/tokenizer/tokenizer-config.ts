/**
 * tokenizer_config.json: what other programs need beside tokenizer.json, above
 * all our chat template in Jinja.
 *
 * The template says what `src/core/chat/template.ts` does: with
 * `add_generation_prompt` the prompt the bot answers, without it the whole
 * conversation as it is learnt, `<stop>` at its end.
 */

import { spellingOf } from "./tokenizer.ts";

/** Messages of one role in a row are joined by a line break, system texts at the front. */
const CHAT_TEMPLATE = [
  "{%- for m in messages if m.role == 'system' -%}",
  "{{- ('<sos>' if loop.first else '\\n') + m.content + ('<sep><eos>' if loop.last else '') -}}",
  "{%- endfor -%}",
  "{%- set turn = namespace(last='') -%}",
  "{%- for m in messages if m.role != 'system' -%}",
  "{%- if m.role == turn.last -%}{{- '\\n' -}}",
  "{%- elif m.role == 'assistant' -%}{{- '<sep>' if turn.last else '<sos><sep>' -}}",
  "{%- else -%}{{- '<eos><sos>' if turn.last else '<sos>' -}}",
  "{%- endif -%}",
  "{{- m.content -}}",
  "{%- set turn.last = m.role -%}",
  "{%- endfor -%}",
  "{%- if turn.last == 'user' -%}{{- '<sep>' -}}",
  "{%- elif turn.last == 'assistant' -%}{{- '<eos>' -}}",
  "{%- endif -%}",
  "{%- if not add_generation_prompt -%}{{- '<stop>' -}}",
  "{%- elif turn.last != 'user' -%}{{- '<sos><sep>' -}}",
  "{%- endif -%}",
].join("\n");

/** @param context how many tokens the model reads, where a model is known */
export function toTokenizerConfig(context?: number): string {
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: spellingOf("sos"),
    sep_token: spellingOf("sep"),
    eos_token: spellingOf("eos"),
    pad_token: spellingOf("pad"),
    unk_token: spellingOf("unk"),
    additional_special_tokens: [spellingOf("stop")],
    add_bos_token: false,
    add_eos_token: false,
    clean_up_tokenization_spaces: false,
    ...(context !== undefined && { model_max_length: context }),
    chat_template: CHAT_TEMPLATE,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
