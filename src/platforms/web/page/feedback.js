/**
 * What a person thinks of a reply: a thumb, why it is down, a better answer.
 *
 * Stands as `message.feedback` with the conversation, so that it is still
 * there after a reload: `verdict`, `reason`, `correction`, and `said`, the
 * bot's last word on it.
 */

import { sendFeedback } from "./client.js";
import { buttonOf, elementOf, iconOf } from "./dom.js";
import { toNodes } from "./formatting.js";

/** The server's own limits, in characters. */
const REASON_LIMIT = 1000;
const CORRECTION_LIMIT = 4000;

const REASONS = ["Wrong", "Not what I asked", "Unclear", "Too long", "Harmful"];

const THUMB =
  "M6.6 9.2 9.7 3c1.2 0 2 .9 2 2v3h3.7c1.1 0 1.9 1 1.7 2l-1 5.2c-.1.8-.8 1.4-1.6 1.4H6.6V9.2Zm0 0H3.4v7.4h3.2";
const PENCIL = "M4 16l.8-3.6L12.9 4.3a1.9 1.9 0 0 1 2.8 2.8L7.6 15.2 4 16Z";

/**
 * `buttons` belong into the row of actions, `panel` under it. `onChange` keeps
 * the conversation and is told what the bot says; `onError` knows what to do
 * about an error besides.
 */
export function feedbackOf(message, { onChange, onError }) {
  const feedback = (message.feedback ??= {});
  const tell = once(async (body, change) => {
    try {
      const said = await sendFeedback({ reply: message.report.reply_id, ...body });
      Object.assign(feedback, change, { said, hasFailed: false });
    } catch (error) {
      Object.assign(feedback, { said: error.message, hasFailed: true });
      onError(error);
    }
    show();
    onChange(feedback.said);
  });
  const thumbs = thumbsOf(feedback, tell);
  const reasons = reasonsOf(feedback, tell);
  const said = elementOf("div", "said");
  const better = elementOf("div", "better");
  const teach = buttonOf("action", () => openEditor(), iconOf(PENCIL), "Teach a better answer");
  const panel = elementOf("div", "feedback", reasons.element, better, said);
  const openEditor = () => {
    teach.disabled = true;
    const editor = editorOf(feedback.correction ?? message.content, {
      onSave: (correction) => tell({ correction }, { correction }),
      onClose: () => {
        editor.remove();
        teach.disabled = false;
        teach.focus();
      },
    });
    panel.prepend(editor);
    editor.querySelector("textarea").focus();
  };
  const show = () => {
    thumbs.show();
    reasons.show();
    better.replaceChildren(...betterOf(feedback));
    said.classList.toggle("failed", feedback.hasFailed === true);
    said.replaceChildren(...toNodes(feedback.said ?? ""));
  };
  show();
  return { buttons: [...thumbs.buttons, teach], panel };
}

/** Pressing again takes it back. */
function thumbsOf(feedback, tell) {
  const thumbOf = (verdict, name) => {
    const press = () => {
      const wanted = feedback.verdict === verdict ? null : verdict;
      const reason = wanted === "bad" ? feedback.reason : undefined;
      return tell({ verdict: wanted }, { verdict: wanted ?? undefined, reason });
    };
    const button = buttonOf(`action thumb ${verdict}`, press, iconOf(THUMB));
    button.setAttribute("aria-label", name);
    button.title = name;
    return button;
  };
  const good = thumbOf("good", "Good reply");
  const bad = thumbOf("bad", "Bad reply");
  return {
    buttons: [good, bad],
    show: () => {
      good.setAttribute("aria-pressed", String(feedback.verdict === "good"));
      bad.setAttribute("aria-pressed", String(feedback.verdict === "bad"));
    },
  };
}

/** Why a reply is bad: a word of ours, or the person's own. */
function reasonsOf(feedback, tell) {
  const say = (reason) => tell({ reason }, { reason });
  const chips = REASONS.map((reason) => buttonOf("chip", () => say(reason), reason));
  const own = elementOf("input", "own-reason");
  own.maxLength = REASON_LIMIT;
  own.placeholder = "In your words";
  own.setAttribute("aria-label", "What was bad about it, in your words");
  const form = elementOf("form", "", own);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (own.value.trim() !== "") void say(own.value.trim());
  });
  const element = elementOf("div", "reasons", "What was bad about it?", ...chips, form);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "What was bad about it?");
  return {
    element,
    show: () => {
      element.hidden = feedback.verdict !== "bad";
      for (const chip of chips) {
        chip.setAttribute("aria-pressed", String(feedback.reason === chip.textContent));
      }
      if (REASONS.includes(feedback.reason)) return;
      own.defaultValue = feedback.reason ?? "";
      own.value = own.defaultValue; // what differs from it is half typed
    },
  };
}

/** Begins with the reply's own text: most of it is usually right. */
function editorOf(text, { onSave, onClose }) {
  const box = elementOf("textarea");
  box.value = text.slice(0, CORRECTION_LIMIT);
  box.maxLength = CORRECTION_LIMIT;
  box.setAttribute("aria-label", "A better answer");
  const save = elementOf("button", "button primary", "Save");
  const fit = () => {
    save.disabled = box.value.trim() === "" || box.value === text;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  box.addEventListener("input", fit);
  const cancel = buttonOf("button", onClose, "Cancel");
  const form = elementOf("form", "editor", box, elementOf("div", "editor-buttons", cancel, save));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const better = box.value.trim();
    onClose();
    void onSave(better);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // closes the editor, and stops no reply
      onClose();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !save.disabled) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  requestAnimationFrame(fit); // it has a height once it is shown
  return form;
}

function betterOf({ correction }) {
  if (correction === undefined) return [];
  const label = elementOf("p", "better-label", "Your better answer");
  return [label, ...toNodes(correction)];
}

/** One at a time: whoever presses twice means it once. */
function once(act) {
  let isActing = false;
  return async (...given) => {
    if (isActing) return;
    isActing = true;
    await act(...given);
    isActing = false;
  };
}
