/**
 * Asks, under the first reply, whether what is said here may be learnt from.
 * Asked once: whoever says "not now" finds `/opt-in` and `/privacy` among the
 * commands.
 */

import { giveCommand } from "./client.js";
import { buttonOf, elementOf } from "./dom.js";
import { toNodes } from "./formatting.js";

const ASKED = "lfz.consent";

const QUESTION =
  "**May I learn from what you say here?** Until you agree, I keep figures of each reply and your ratings, and not a word of what was said. If you agree, the words stay on this machine too, for learning; `/opt-out` and `/forget-me` end that.";

export function isConsentOpen(message) {
  return message.report?.words_kept === false && localStorage.getItem(ASKED) === null;
}

/** `onPrivacy` tells more. */
export function consentElement({ onPrivacy, onError }) {
  const text = elementOf("div", "consent-text", ...toNodes(QUESTION));
  text.setAttribute("role", "status");
  const buttons = elementOf("div", "consent-buttons");
  const element = elementOf("aside", "consent", text, buttons);
  element.setAttribute("aria-label", "Consent");
  const agree = async () => {
    try {
      const { text: answer } = await giveCommand("opt-in");
      localStorage.setItem(ASKED, "given");
      text.replaceChildren(...toNodes(answer));
      buttons.remove();
    } catch (error) {
      text.replaceChildren(...toNodes(error.message));
      onError(error);
    }
  };
  const decline = () => {
    localStorage.setItem(ASKED, "later");
    element.remove();
  };
  buttons.append(
    buttonOf("button primary", agree, "Opt in"),
    buttonOf("button", decline, "Not now"),
    buttonOf("link", onPrivacy, "What is kept?"),
  );
  return element;
}
