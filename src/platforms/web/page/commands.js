/**
 * The list over the message box while somebody types a command: which there
 * are, what each takes, and the values of an option that has only a few.
 */

import { readCommands } from "./client.js";
import { elementOf } from "./dom.js";

/** What is offered for the text so far: `{text, detail, insert, isWhole}` each. */
function offersFor(text, commands) {
  const { name, words } = partsOf(text);
  if (words.length === 0)
    return commands.filter((command) => command.name.startsWith(name)).map(toOffer);
  const option = commands.find((command) => command.name === name)?.options[words.length - 1];
  const typed = words.at(-1);
  const before = text.slice(0, text.length - typed.length);
  return (option?.choices ?? [])
    .filter((choice) => choice.startsWith(typed) && choice !== typed)
    .map((choice) => ({ text: choice, detail: "", insert: `${before}${choice}` }));
}

function toOffer({ name, summary, options }) {
  const isWhole = options.length === 0;
  return { text: `/${name}`, detail: summary, insert: isWhole ? `/${name}` : `/${name} `, isWhole };
}

/** `/settings na` gives the name, and the words after it; the last one is being typed. */
function partsOf(text) {
  const [, name, rest] = /^\/(\S*)([^]*)$/.exec(text);
  return { name: name.toLowerCase(), words: rest === "" ? [] : rest.trimStart().split(/\s+/) };
}

/** `/promote NAME [SHARE] [REASON]`, and what the option at hand means. */
function usageFor(text, commands) {
  const { name, words } = partsOf(text);
  const command = commands.find((known) => known.name === name);
  if (!command || words.length === 0) return [];
  const placeholders = command.options.map(({ name: word, isRequired }) =>
    isRequired ? word.toUpperCase() : `[${word.toUpperCase()}]`,
  );
  const option = command.options[Math.min(words.length, command.options.length) - 1];
  const what = option ? `${option.name}: ${option.description}` : command.summary;
  return [elementOf("code", "", [`/${name}`, ...placeholders].join(" ")), ` ${what}`];
}

/** `setText` writes into the box; `submit` gives the command. */
export class CommandList {
  #box;
  #list;
  #setText;
  #submit;
  #commands = [];
  #offers = [];
  #active = -1;
  #isDismissed = false;

  constructor(box, list, { setText, submit }) {
    this.#box = box;
    this.#list = list;
    this.#setText = setText;
    this.#submit = submit;
  }

  /** To be called whenever the text changes. */
  async show() {
    const text = this.#box.value;
    if (text === "" || text === "/") this.#isDismissed = false;
    if (!text.startsWith("/")) return this.close();
    if (this.#commands.length === 0) this.#commands = await readCommands().catch(() => []); // then there is nothing to offer
    if (this.#box.value !== text || this.#isDismissed) return;
    this.#offers = offersFor(text, this.#commands);
    this.#active = partsOf(text).words.length === 0 ? 0 : -1;
    this.#render(usageFor(text, this.#commands));
  }

  /** True if the key was meant for the list. */
  take({ key }) {
    if (this.#list.hidden) return false;
    const active = this.#offers[this.#active];
    switch (key) {
      case "ArrowDown":
      case "ArrowUp":
        return this.#move(key === "ArrowDown" ? 1 : -1);
      case "Escape":
        this.#isDismissed = true;
        this.close();
        return true;
      case "Tab":
        return this.#pick(active ?? this.#offers[0]);
      case "Enter":
        return active?.insert.trim() !== this.#box.value.trim() && this.#pick(active, true);
      default:
        return false;
    }
  }

  #move(step) {
    const { length } = this.#offers;
    if (length === 0) return false;
    const from = this.#active < 0 && step < 0 ? 0 : this.#active;
    this.#active = (from + step + length) % length;
    this.#mark();
    return true;
  }

  #pick(offer, isFinal = false) {
    if (!offer) return false;
    this.#setText(offer.insert);
    if (isFinal && offer.isWhole) this.#submit();
    return true;
  }

  close() {
    this.#offers = [];
    this.#render([]);
  }

  #render(usage) {
    this.#list.hidden = this.#offers.length === 0 && usage.length === 0;
    const options = elementOf(
      "ul",
      "",
      ...this.#offers.map((offer, at) => this.#optionOf(offer, at)),
    );
    options.id = "command-options";
    options.setAttribute("role", "listbox");
    options.setAttribute("aria-label", "Commands");
    options.hidden = this.#offers.length === 0;
    const hint = usage.length > 0 ? [elementOf("p", "usage", ...usage)] : [];
    this.#list.replaceChildren(...hint, options);
    this.#mark();
  }

  #optionOf(offer, at) {
    const detail = elementOf("span", "quiet", offer.detail);
    const option = elementOf("li", "", elementOf("span", "offer", offer.text), detail);
    option.id = `command-option-${at}`;
    option.setAttribute("role", "option");
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the focus
      this.#pick(offer, true);
    });
    return option;
  }

  #mark() {
    for (const [at, option] of [...this.#list.querySelectorAll("[role=option]")].entries()) {
      option.setAttribute("aria-selected", String(at === this.#active));
      if (at === this.#active) option.scrollIntoView({ block: "nearest" });
    }
    if (this.#active >= 0 && this.#offers.length > 0) {
      this.#box.setAttribute("aria-activedescendant", `command-option-${this.#active}`);
    } else this.#box.removeAttribute("aria-activedescendant");
  }
}
