/**
 * A chat service as the demonstration sees it: people ask, press buttons, fill
 * in forms and give commands there, and what they are shown comes back as text.
 */

export interface Room {
  readonly service: "Discord" | "Slack";
  /** Asks the bot in front of everybody; resolves once the reply is finished. */
  ask(person: string, question: string): Promise<RoomReply>;
  /** Gives a command; resolves with the answer. */
  command(person: string, line: string): Promise<string>;
  /** The newest card that says so, as soon as there is one. */
  card(saying: RegExp): Promise<RoomCard>;
}

export interface RoomReply {
  readonly text: string;
  /** Presses a thumb; resolves with what the bot says to that. */
  rate(person: string, verdict: "good" | "bad"): Promise<string>;
  /** Fills in the form for a better answer. */
  correct(person: string, answer: string): Promise<string>;
}

export interface RoomCard {
  readonly text: string;
  readonly png?: Uint8Array | undefined;
  readonly buttons: readonly string[];
  press(person: string, button: string): Promise<string>;
}
