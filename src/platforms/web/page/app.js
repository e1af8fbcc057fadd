/**
 * The chat page: connects what a person does to the conversation, the server
 * and what is shown. Plain modules, no build, nothing fetched from elsewhere.
 */

import { giveCommand, readHealth, readModel, saveKey, streamReply } from "./client.js";
import { CommandList } from "./commands.js";
import { consentElement, isConsentOpen } from "./consent.js";
import { Conversation, CURRENT } from "./conversation.js";
import { showChildren } from "./dom.js";
import { toNodes } from "./formatting.js";
import { replyElement, userElement, writingElement } from "./messages.js";
import { JobLine } from "./jobs.js";
import { showModel, shownModel, showNoModel } from "./model.js";
import { noticeElement, waitingNotice } from "./notices.js";

const SUGGESTIONS = [
  "Hello! How are you today?",
  "What are you?",
  "Tell me a joke.",
  "How can I teach you?",
];

/** How often a server that loads or is gone is asked again, in milliseconds. */
const LOADING_PAUSE = 400;
const GONE_PAUSE = 2000;

/** Closer to the end than this counts as reading along, in pixels. */
const NEAR_END = 80;

const find = (id) => document.getElementById(id);
const scroller = find("scroller");
const list = find("messages");
const composer = find("composer");
const box = find("message");
const send = find("send");
const notice = find("notice");

const conversation = new Conversation();
let running; // the reply being written: its message, and what stops it
let serverStatus = "loading";
let isWatching = false;
let afterKey = async () => {}; // what was refused for want of the key

// --- The conversation on the page -------------------------------------------

function showAll() {
  const { messages } = conversation;
  const follow = list.childElementCount === 0 || isNearEnd();
  const inUse = [...list.children].filter(isInUse);
  const gone = inUse.filter(({ dataset }) => !conversation.has(dataset)); // in another tab
  const itemFor = ({ id }) => inUse.find(({ dataset }) => dataset.id === id);
  showChildren(list, [
    ...gone,
    ...messages.map((message) => itemFor(message) ?? elementFor(message)),
  ]);
  find("welcome").hidden = !conversation.isEmpty;
  find("restore").hidden = !conversation.hasPrevious;
  find("new-chat").disabled = conversation.isEmpty;
  if (follow && !conversation.isEmpty) scrollToEnd();
}

/** A reply that is being written, or that a person writes about, stays as it is until that is over. */
function isInUse(item) {
  const inputs = [...item.querySelectorAll("input")];
  return (
    item.matches(".writing") ||
    item.querySelector(".editor") !== null ||
    inputs.some(({ value, defaultValue }) => value !== defaultValue)
  );
}

function elementFor(message) {
  const item = itemOf(message);
  item.dataset.id = message.id;
  return item;
}

function itemOf(message) {
  if (message.role === "user") return userElement(message);
  if (message.role === "notice") {
    return noticeElement(message, { onDismiss: () => dismiss(message) });
  }
  const isNewest = conversation.isLast(message);
  const item = replyElement(message, {
    onRetry: isNewest ? () => retry(message) : undefined,
    onChange: (said) => {
      conversation.save(message);
      if (!item.isConnected) showAll(); // drawn anew while the bot was told
      announce(said);
    },
    onError: heed,
  });
  if (isNewest && isConsentOpen(message)) {
    item.append(consentElement({ onPrivacy: () => give("/privacy"), onError: heed }));
  }
  return item;
}

function dismiss(notice) {
  conversation.remove(notice);
  showAll();
  box.focus();
}

async function say(text) {
  if (running || text.trim() === "") return;
  conversation.add({ role: "user", content: text.trim() });
  await writeReply();
}

/** Takes the last reply back and asks the same again, unless another tab has gone on since. */
async function retry(reply) {
  if (running) return;
  box.focus(); // the button that was pressed is about to go
  conversation.readAgain();
  if (!conversation.isLast(reply)) return showAll();
  conversation.remove(reply);
  await writeReply();
}

/** Asks for the next reply and shows it while it is written. */
async function writeReply() {
  const controller = new AbortController();
  const { sent, leftOut } = conversation.toRequest();
  // Counts as stopped until it is whole, also if the page is closed meanwhile.
  const message = conversation.add({ role: "assistant", content: "", leftOut, stopped: true });
  const { item, update } = writingElement(
    serverStatus === "loading" ? "The model is still loading" : "Writing",
  );
  item.dataset.id = message.id;
  running = { message, stop: () => controller.abort() };
  list.append(item);
  showAll();
  showRunning();
  scrollToEnd();
  try {
    await readReply(sent, controller.signal, message, update);
    delete message.stopped;
  } catch (error) {
    if (!controller.signal.aborted) failWith(message, error);
  }
  running = undefined;
  showRunning();
  conversation.save(message);
  if (!conversation.has(message)) return item.remove(); // a new chat was started
  const follow = isNearEnd();
  item.replaceWith(elementFor(message));
  if (follow) scrollToEnd();
  announce(message.error ?? `${message.content}${message.stopped ? " Stopped." : ""}`);
}

async function readReply(sent, signal, message, update) {
  let frame; // shown once a frame at most, however fast the model writes
  const show = () => {
    frame = undefined;
    const follow = isNearEnd();
    update(message.content);
    if (follow) scrollToEnd();
  };
  try {
    for await (const { text, done } of streamReply(sent, signal)) {
      if (done) message.report = done;
      else message.content += text;
      frame ??= requestAnimationFrame(show);
    }
  } finally {
    cancelAnimationFrame(frame);
  }
  setServerStatus("ready");
  void followModel(message.report?.model);
}

/** Another version may have answered than the header names: promoted since, or tried by some. */
async function followModel(name) {
  if (name === undefined || name === shownModel()) return;
  const model = await readModel(name).catch(() => undefined); // the header can wait
  if (model) showModel(model);
}

function failWith(message, error) {
  delete message.stopped;
  message.error = error.code ? error.message : `The page broke: ${error.message}`;
  heed(error, () => retry(message));
}

/** What an error calls for, besides being shown. */
function heed(error, again = async () => {}) {
  if (error.code === "invalid_api_key") askForKey(error.message, again);
  if (error.code === "unreachable" || error.code === "shutting_down") void watchServer();
}

// --- Commands ------------------------------------------------------------------

/** Gives a command, `/privacy`; its answer stands among the messages, and is none of them. */
async function give(line) {
  const waiting = waitingNotice(line);
  find("welcome").hidden = true;
  list.append(waiting);
  scrollToEnd();
  try {
    const { text, file, ask } = await giveCommand(line).finally(() => waiting.remove());
    if (ask !== undefined) return await say(ask);
    if (/^\/reset\b/i.test(line)) return startOver(text);
    conversation.add({ role: "notice", line, content: text, file });
  } catch (error) {
    conversation.add({ role: "notice", line, content: error.message, failed: true });
    heed(error, () => give(line));
  }
  showAll();
  announce(conversation.messages.at(-1).content);
  void jobLine.watch(); // it may have begun a training
}

const jobLine = new JobLine({ give, announce });

// --- Sending, stopping, starting over ----------------------------------------

function showRunning() {
  const isRunning = running !== undefined;
  composer.classList.toggle("running", isRunning);
  send.setAttribute("aria-label", isRunning ? "Stop" : "Send");
  send.disabled = !isRunning && box.value.trim() === "";
}

/** As high as its text, up to what the style allows. */
function fitBox() {
  const follow = isNearEnd();
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  if (follow && !conversation.isEmpty) scrollToEnd();
  showRunning();
  void commandList.show();
}

function setBox(text) {
  box.value = text;
  fitBox();
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  box.focus();
  if (running) {
    running.stop();
    return;
  }
  takeBox();
});

/** Gives or says what stands in the box. */
function takeBox() {
  const text = box.value;
  setBox("");
  if (text.startsWith("/")) void give(text.trim());
  else void say(text);
}

const commandList = new CommandList(box, find("command-list"), {
  setText: setBox,
  submit: takeBox, // no submit of the form, which would stop a running reply
});

box.addEventListener("input", fitBox);
box.addEventListener("blur", () => commandList.close());
box.addEventListener("focus", () => void commandList.show());

box.addEventListener("keydown", (event) => {
  if (!event.isComposing && commandList.take(event)) {
    event.preventDefault();
    event.stopPropagation(); // Esc closes the list, and stops no reply
    return;
  }
  // While a reply is written the text waits, and Enter must not stop the reply.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) composer.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (running) {
    running.stop();
    box.focus();
  } else closeDetails();
});

/** What is open in the header, if the click was not there. */
function closeDetails(clicked) {
  for (const details of [find("model"), find("job")]) {
    if (!details.contains(clicked)) details.open = false;
  }
}

document.addEventListener("click", (event) => closeDetails(event.target));

function startOver(words) {
  running?.stop();
  conversation.clear();
  list.replaceChildren(); // also what is in use
  showAll();
  announce(words);
  box.focus();
}

find("new-chat").addEventListener("click", () => startOver("A new chat."));

find("restore").addEventListener("click", () => {
  conversation.restore();
  showAll();
  box.focus();
});

find("suggestions").append(
  ...SUGGESTIONS.map((text) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      box.focus();
      void say(text);
    });
    item.append(button);
    return item;
  }),
);

// --- Reading along -----------------------------------------------------------

function isNearEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
}

function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

scroller.addEventListener("scroll", () => {
  find("to-newest").hidden = isNearEnd();
});
find("to-newest").addEventListener("click", () => {
  scrollToEnd();
  box.focus();
});

/** As it is read, without the marks. */
function announce(text) {
  const nodes = toNodes(text);
  find("announcer").textContent = nodes.map(({ textContent }) => textContent).join("\n");
}

// --- The server --------------------------------------------------------------

/** Asks until the model is ready; started whenever there is doubt. */
async function watchServer() {
  if (isWatching) return;
  isWatching = true;
  for (;;) {
    const health = await readHealth().catch(() => ({ status: "gone" }));
    setServerStatus(health.status, health);
    if (health.status === "ready") break;
    const pause = health.status === "loading" ? LOADING_PAUSE : GONE_PAUSE;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  isWatching = false;
}

function setServerStatus(status, { model, reason } = {}) {
  serverStatus = status;
  const words = {
    gone: "The server does not answer. Is it still running? Start it with “npm start”; this page waits for it.",
    failed: `There is no model to talk to. ${reason ?? ""}`.trim(),
  };
  notice.hidden = words[status] === undefined;
  notice.textContent = words[status] ?? "";
  if (status === "ready" && model) showModel(model);
  else if (status !== "ready") showNoModel(status);
}

function askForKey(message, again) {
  afterKey = again;
  find("key-text").textContent = message;
  find("key").value = "";
  find("key-dialog").showModal();
}

find("key-form").addEventListener("submit", () => {
  saveKey(find("key").value);
  void afterKey();
});

window.addEventListener("pagehide", () => {
  if (!running) return; // all is saved
  running.stop(); // before the browser cuts the stream, which would look like an error
  conversation.save(running.message);
});

/** What another tab made of the conversation. */
window.addEventListener("storage", ({ key }) => {
  if (key !== CURRENT) return;
  conversation.readAgain();
  if (running && !conversation.has(running.message)) running.stop(); // a new chat was started there
  showAll();
});

showAll();
fitBox();
if (matchMedia("(pointer: fine)").matches) box.focus(); // on a phone the keyboard would jump up
void watchServer();
void jobLine.watch();
