/** What was said in the demonstration, in order, for a page to look at afterwards. */

import type { Room, RoomCard, RoomReply } from "./room.ts";

export interface Entry {
  readonly service: Room["service"];
  readonly who: string;
  /** `told`: for this person only; `deed`: something pressed or filled in. */
  readonly kind: "said" | "replied" | "command" | "told" | "deed" | "card";
  readonly text: string;
  readonly png?: Uint8Array | undefined;
}

export interface Scene {
  readonly title: string;
  /** What to watch for. */
  readonly about: string;
  readonly entries: Entry[];
}

const BOT = "Zero";
const THUMBS = { good: "👍", bad: "👎" };

export class Recording {
  readonly scenes: Scene[] = [];
  readonly #onScene: (scene: Scene) => void;

  constructor(onScene: (scene: Scene) => void = () => {}) {
    this.#onScene = onScene;
  }

  scene(title: string, about: string): void {
    const scene = { title, about, entries: [] };
    this.scenes.push(scene);
    this.#onScene(scene);
  }

  add(entry: Entry): void {
    this.scenes.at(-1)?.entries.push(entry);
  }

  /** The same room; whatever happens there is kept. */
  of(room: Room): Room {
    const { service } = room;
    const add = (who: string, kind: Entry["kind"], text: string, png?: Uint8Array) =>
      this.add({ service, who, kind, text, png });
    const withReply = (reply: RoomReply): RoomReply => ({
      text: reply.text,
      rate: async (person, verdict) => {
        add(person, "deed", `${THUMBS[verdict]} “${reply.text}”`);
        return reply.rate(person, verdict);
      },
      correct: async (person, answer) => {
        add(person, "deed", `✏️ ${answer}`);
        return reply.correct(person, answer);
      },
    });
    const withCard = (card: RoomCard): RoomCard => ({
      ...card,
      press: async (person, button) => {
        add(person, "deed", `[${button}]`);
        const told = await card.press(person, button);
        add(BOT, "told", told);
        return told;
      },
    });
    return {
      service,
      ask: async (person, question) => {
        add(person, "said", question);
        const reply = await room.ask(person, question);
        add(BOT, "replied", reply.text);
        return withReply(reply);
      },
      command: async (person, line) => {
        add(person, "command", `/${line}`);
        const told = await room.command(person, line);
        add(BOT, "told", told);
        return told;
      },
      card: async (saying) => {
        const card = await room.card(saying);
        add(BOT, "card", card.text, card.png);
        return withCard(card);
      },
    };
  }
}
