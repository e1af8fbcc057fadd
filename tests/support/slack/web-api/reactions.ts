/** reactions.*: emoji on messages, one of a kind for each user. */

import { findMessage, type Message, type World } from "../world.ts";
import { channelOf, SlackError, type Arguments, type Caller, type Methods } from "./method.ts";

export function reactionMethods(world: World): Methods {
  const messageOf = (args: Arguments, caller: Caller): Message => {
    const channel = channelOf(world, caller, args.required("channel"));
    const message = findMessage(world, channel.id, args.required("timestamp"));
    if (!message) throw new SlackError("message_not_found");
    return message;
  };
  const find = (message: Message, args: Arguments, user: string) =>
    message.reactions.findIndex((one) => one.name === args.required("name") && one.user === user);
  return {
    "reactions.add": {
      scope: "reactions:write",
      run(args, caller) {
        const message = messageOf(args, caller);
        const user = caller.installation.botUserId;
        if (find(message, args, user) >= 0) throw new SlackError("already_reacted");
        message.reactions.push({ name: args.required("name"), user });
        world.changes.happened();
      },
    },
    "reactions.remove": {
      scope: "reactions:write",
      run(args, caller) {
        const message = messageOf(args, caller);
        const at = find(message, args, caller.installation.botUserId);
        if (at < 0) throw new SlackError("no_reaction");
        message.reactions.splice(at, 1);
        world.changes.happened();
      },
    },
  };
}
