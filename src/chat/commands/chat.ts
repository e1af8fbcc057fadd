/** `chat TEXT`: says something to the bot where a mention is not at hand. */

import type { ChatCommand } from "./index.ts";

export const chat: ChatCommand = {
  name: "chat",
  summary: "Say something to me",
  audience: "everyone",
  isPrivate: false,
  options: [
    {
      name: "message",
      description: "what you want to say",
      type: "text",
      isRequired: true,
      maxLength: 2000,
    },
  ],
  run: ({ options }) => ({ text: "", ask: String(options.message ?? "") }),
};
