/** views.*, assistant.threads.* and agents.sessions.*: what Slack shows beside messages. */

import {
  assistantThread,
  findMessage,
  type AssistantThread,
  type OpenView,
  type World,
} from "../world.ts";
import type { Triggers } from "../triggers.ts";
import { checkView } from "./blocks.ts";
import {
  SlackError,
  writableChannel,
  type Arguments,
  type Caller,
  type Methods,
} from "./method.ts";

type View = Readonly<Record<string, unknown>>;

const MOST_PROMPTS = 4;
const SESSION_STATUSES = new Set(["active", "processing", "suspended", "closed"]);

export function surfaceMethods(world: World, triggers: Triggers): Methods {
  const viewIn = (args: Arguments): View => {
    const view = args.json("view") as View | undefined;
    if (!view) throw new SlackError("invalid_arguments");
    checkView(view);
    return view;
  };
  const threadOf = (args: Arguments, caller: Caller) => {
    const channel = writableChannel(world, caller, args.required("channel_id"));
    const ts = args.required("thread_ts");
    if (!findMessage(world, channel.id, ts)) throw new SlackError("thread_not_found");
    return assistantThread(world, channel.id, ts);
  };
  return {
    "views.open": {
      run(args, caller) {
        const view = viewIn(args);
        const user = triggers.use(args.required("trigger_id"));
        const id = world.nextId("V");
        const open: OpenView = {
          id,
          teamId: caller.installation.teamId,
          user,
          hash: world.nextTs(),
          view,
        };
        world.views.set(id, open);
        world.changes.happened();
        return { view: wireView(open) };
      },
    },
    "views.update": {
      run(args) {
        const view = viewIn(args);
        const open = world.views.get(args.required("view_id"));
        if (!open) throw new SlackError("not_found");
        const hash = args.text("hash");
        if (hash && hash !== open.hash) throw new SlackError("hash_conflict");
        open.view = view;
        open.hash = world.nextTs();
        world.changes.happened();
        return { view: wireView(open) };
      },
    },
    "views.publish": {
      run(args) {
        const view = viewIn(args);
        if (view["type"] !== "home") throw new SlackError("invalid_arguments");
        world.homes.set(args.required("user_id"), view);
        world.changes.happened();
        return { view };
      },
    },
    "assistant.threads.setStatus": {
      scope: "assistant:write",
      run(args, caller) {
        const thread = threadOf(args, caller);
        thread.status = args.text("status") ?? "";
        if (thread.status !== "") thread.statuses.push(thread.status);
        world.changes.happened();
      },
    },
    "assistant.threads.setTitle": {
      scope: "assistant:write",
      run(args, caller) {
        threadOf(args, caller).title = args.required("title");
        world.changes.happened();
      },
    },
    "assistant.threads.setSuggestedPrompts": {
      scope: "assistant:write",
      run(args, caller) {
        const prompts = (args.json("prompts") ?? []) as AssistantThread["prompts"];
        const fit = prompts.length > 0 && prompts.length <= MOST_PROMPTS;
        if (!fit) throw new SlackError("invalid_arguments");
        threadOf(args, caller).prompts = prompts;
        world.changes.happened();
      },
    },
    "agents.sessions.setStatus": {
      scope: "assistant:write",
      run(args, caller) {
        const status = args.required("status");
        if (!SESSION_STATUSES.has(status)) throw new SlackError("invalid_status");
        threadOf(args, caller).session = status;
        world.changes.happened();
      },
    },
  };
}

export function wireView({ id, teamId, hash, view }: OpenView): View {
  return { id, team_id: teamId, hash, ...view };
}
