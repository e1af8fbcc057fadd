/**
 * A training that goes on: one line under the header, and behind a click the
 * curve of its loss and what can be done about it. Asks the server while there
 * is something to see, and not otherwise.
 */

import { readJobs } from "./client.js";
import { curveOf } from "./curve.js";
import { buttonOf, elementOf } from "./dom.js";
import { toNodes } from "./formatting.js";

/** Between two looks, in milliseconds. */
const PAUSE = 3000;

const PHASES = {
  waiting: "waits for its turn",
  collecting: "collects what was taught",
  training: "learns",
  judging: "is compared with the model that answers now",
  paused: "pauses",
};

const ENDS = {
  done: "is done",
  "nothing to learn": "found nothing to learn",
  cancelled: "was cancelled",
  failed: "failed",
};

const CURVES = "The loss: the plain line on what it learns from, the dots on what it never saw.";

const find = (id) => document.getElementById(id);

export class JobLine {
  #give;
  #announce;
  #isWatching = false;
  /** The job seen last while it went on. */
  #seen;

  /** `give` gives a command. */
  constructor({ give, announce }) {
    this.#give = give;
    this.#announce = announce;
  }

  /** Looks as long as something goes on; to be called when something may have begun. */
  async watch() {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (await this.#look()) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    this.#isWatching = false;
  }

  /** False once there is nothing to wait for. A server that is gone is looked after elsewhere. */
  async #look() {
    const status = await readJobs().catch(() => undefined);
    if (!status) {
      find("job").hidden = true;
      return false;
    }
    const job = status.current ?? status.waiting[0];
    if (job) {
      this.#show(job, status);
      this.#seen = job.id;
    } else if (status.last && status.last.id === this.#seen) this.#showEnd(status.last);
    else find("job").hidden = true;
    return job !== undefined && job.state !== "paused";
  }

  #show(job, { progress, curve }) {
    const bar = elementOf("progress");
    bar.max = 1;
    if (progress) bar.value = progress.fraction;
    bar.setAttribute("aria-label", "Progress");
    const [cancel, pause] = [this.#order("Cancel", "cancel"), this.#order("Pause", "pause")];
    const goOn = this.#order("Go on", "resume");
    const isRunning = job.state !== "paused" && job.state !== "waiting";
    const buttons = [...(isRunning ? [pause] : job.state === "paused" ? [goOn] : []), cancel];
    this.#fill(
      [elementOf("span", "job-name", `Training ${job.id}`), ` ${PHASES[job.state]}`],
      [bar, elementOf("span", "quiet", factsOf(job, progress))],
      [
        progress && elementOf("p", "quiet", `${progress.title}: ${progress.text}`),
        curveOf(curve),
        curve.validation.length > 0 && elementOf("p", "quiet", CURVES),
        elementOf("div", "job-buttons", ...buttons),
      ],
    );
  }

  /** What came of it stays until the page is loaded anew. */
  #showEnd({ id, state, verdict, remark, candidate }) {
    const end = `Training ${id} ${ENDS[state]}`;
    const words = [
      verdict && `It **${verdict.outcome}**: ${verdict.reason}`,
      remark,
      candidate && `It is called \`${candidate}\`; \`/models\` lists it.`,
    ];
    if (find("job-name").textContent !== end) this.#announce(`${end}.`);
    this.#fill(
      [elementOf("span", "job-name", end)],
      [],
      words.filter(Boolean).flatMap((text) => toNodes(text)),
    );
  }

  #fill(name, facts, details) {
    find("job").hidden = false;
    find("job-name").replaceChildren(...name);
    find("job-facts").replaceChildren(...facts);
    const focused = document.activeElement?.dataset?.order;
    find("job-details").replaceChildren(...details.filter(Boolean));
    if (focused) find("job-details").querySelector(`[data-order="${focused}"]`)?.focus();
  }

  #order(words, action) {
    const button = buttonOf("button", () => this.#give(`/train ${action}`), words);
    button.dataset.order = action; // keeps the focus when the line is shown anew
    return button;
  }
}

/** "42 %, 3 minutes left" */
function factsOf({ state }, progress) {
  if (!progress || state === "paused") return "";
  const percent = `${Math.round(progress.fraction * 100)} %`;
  if (progress.remainingMs === undefined) return percent;
  return `${percent} · ${durationOf(progress.remainingMs)} left`;
}

function durationOf(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
