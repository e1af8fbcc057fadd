/** files.*: a file in three steps, as `files.uploadV2` takes them. */

import type { AppEvents } from "../app-events.ts";
import type { World } from "../world.ts";
import { addBotMessage } from "./chat.ts";
import { SlackError, writableChannel, type Methods } from "./method.ts";

export function fileMethods(world: World, events: AppEvents, origin: () => string): Methods {
  return {
    "files.getUploadURLExternal": {
      scope: "files:write",
      run(args) {
        const id = world.nextId("F");
        if (!(Number(args.required("length")) > 0)) throw new SlackError("invalid_arguments");
        const altText = args.text("alt_text");
        world.files.set(id, { id, name: args.required("filename"), ...(altText && { altText }) });
        return { file_id: id, upload_url: `${origin()}/upload/${id}` };
      },
    },
    "files.delete": {
      scope: "files:write",
      run(args) {
        if (!world.files.delete(args.required("file"))) throw new SlackError("file_not_found");
      },
    },
    "files.completeUploadExternal": {
      scope: "files:write",
      run(args, caller) {
        const listed = (args.json("files") ?? []) as readonly { readonly id: string }[];
        const files = listed.map(({ id }) => {
          const file = world.files.get(id);
          if (!file?.content) throw new SlackError("file_not_found");
          file.isComplete = true;
          return file;
        });
        const wire = files.map(({ id, name }) => ({ id, name, title: name }));
        const channelId = args.text("channel_id");
        if (!channelId) return { files: wire };
        const channel = writableChannel(world, caller, channelId);
        const threadTs = args.text("thread_ts");
        const message = addBotMessage(world, caller, {
          channel: channel.id,
          text: args.text("initial_comment") ?? "",
          blocks: [],
          files,
          subtype: "file_share",
          ...(threadTs && { threadTs }),
        });
        events.posted(message);
        return { files: wire };
      },
    },
  };
}
