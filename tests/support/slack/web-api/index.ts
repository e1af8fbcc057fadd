/** All methods of the Web API that our Slack knows. */

import type { AppEvents } from "../app-events.ts";
import type { AppIdentity } from "../app-identity.ts";
import type { Triggers } from "../triggers.ts";
import { required, type World } from "../world.ts";
import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { fileMethods } from "./files.ts";
import type { Methods } from "./method.ts";
import { reactionMethods } from "./reactions.ts";
import { streamMethods } from "./streams.ts";
import { surfaceMethods } from "./surfaces.ts";

export interface MethodsOptions {
  readonly app: AppIdentity;
  readonly world: World;
  readonly events: AppEvents;
  readonly triggers: Triggers;
  readonly origin: () => string;
}

export function allMethods({ app, world, events, triggers, origin }: MethodsOptions): Methods {
  return {
    "auth.test": {
      run(_, { installation }) {
        const { teamId, botUserId, botId } = installation;
        const team = required(world.teams, teamId);
        return {
          url: `https://${team.domain}.slack.com/`,
          team: team.name,
          user: app.name,
          team_id: teamId,
          user_id: botUserId,
          bot_id: botId,
          is_enterprise_install: false,
        };
      },
    },
    ...chatMethods(app, world, events),
    ...streamMethods(app, world, events),
    ...conversationMethods(app, world),
    ...surfaceMethods(world, triggers),
    ...reactionMethods(world),
    ...fileMethods(world, events, origin),
  };
}
