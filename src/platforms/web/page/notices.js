/** The bot's answer to a command, as it stands among the messages; no part of what is said. */

import { buttonOf, elementOf } from "./dom.js";
import { toNodes } from "./formatting.js";

export function noticeElement({ line, content, failed, file }, { onDismiss } = {}) {
  const command = elementOf("code", "notice-line", line);
  const answer = elementOf("div", "reply", ...toNodes(content));
  const item = elementOf("li", "message answer", command, answer);
  if (failed) item.classList.add("failed");
  const actions = elementOf("div", "actions");
  if (file) actions.append(downloadOf(file));
  if (onDismiss) actions.append(buttonOf("action", onDismiss, "Dismiss"));
  item.append(actions);
  return item;
}

/** A command that is being carried out. */
export function waitingNotice(line) {
  const item = noticeElement({ line, content: "" });
  item.querySelector(".reply").append(elementOf("p", "waiting", "…"));
  return item;
}

function downloadOf({ name, text }) {
  return buttonOf(
    "button",
    () => {
      const link = elementOf("a");
      link.href = URL.createObjectURL(new Blob([text]));
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    `Download ${name}`,
  );
}
