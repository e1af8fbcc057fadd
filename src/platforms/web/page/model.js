/** Which model answers: its name and size in the header, the rest behind a click. */

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en");
const words = new Intl.NumberFormat("en", {
  notation: "compact",
  compactDisplay: "long",
  maximumFractionDigits: 1,
});

const STATUS_TEXT = {
  loading: "Loading the model…",
  failed: "No model",
  gone: "Not connected",
};

const find = (id) => document.getElementById(id);

/** `model` as the server describes it in /v1/models. */
export function showModel({ id, lfz }) {
  find("model").dataset.status = "ready";
  find("model-name").textContent = id;
  find("model-size").textContent = `${short.format(lfz.parameters)} parameters`;
  find("welcome-text").textContent =
    `You are talking to “${id}”, a language model of ${words.format(lfz.parameters)} ` +
    "parameters. It runs on this machine, and nothing you write leaves it.";
  showFacts({
    Model: id,
    Parameters: whole.format(lfz.parameters),
    "Reads at most": `${whole.format(lfz.context)} tokens`,
    Vocabulary: `${whole.format(lfz.vocab_size)} tokens`,
    Runtime: lfz.runtime,
  });
}

/** The name in the header. */
export function shownModel() {
  return find("model-name").textContent;
}

/** `status` is `loading`, `failed` or `gone`. */
export function showNoModel(status) {
  find("model").dataset.status = status;
  find("model-name").textContent = STATUS_TEXT[status];
  find("model-size").textContent = "";
  showFacts({ Model: STATUS_TEXT[status] });
}

function showFacts(facts) {
  const rows = Object.entries(facts).flatMap(([name, value]) => [
    elementOf("dt", name),
    elementOf("dd", value),
  ]);
  find("model-facts").replaceChildren(...rows);
}

function elementOf(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
