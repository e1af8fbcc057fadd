import { describe, expect, it } from "vitest";

import {
  Job,
  JobsState,
  lastCollected,
  withChange,
  withJob,
} from "../../../../src/retrain/jobs/job.ts";
import { newJob } from "../../../../src/retrain/jobs/desk.ts";
import { ORDER, verdictOf } from "../../../support/retrain/open-jobs.ts";

const ordered = (state: JobsState) => withJob(state, newJob(ORDER, 0));
const fresh = ordered(JobsState.parse({}));

describe("what is remembered of jobs", () => {
  it("comes back from the disk as it went, a figure that is no number too", () => {
    const { outcome, reason, checks } = verdictOf("wins");
    const unmeasured = checks.map((check) => ({ ...check, champion: NaN, interval: undefined }));
    const verdict = { outcome, reason, checks: unmeasured };
    const state = JobsState.parse(withChange(fresh, 1, { verdict, state: "done" }));
    expect(state.jobs[0]?.verdict?.checks[0]?.champion).toBeNaN();
    expect(JobsState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it("has an end, but never forgets what is not over", () => {
    let state = fresh;
    for (let id = 2; id <= 70; id++) state = withChange(ordered(state), id, { state: "done" });
    expect(state.jobs).toHaveLength(51);
    expect(state.jobs[0]).toMatchObject({ id: 1, state: "waiting" });
    expect(state.jobs.at(-1)?.id).toBe(70);
  });

  it("says when there was last something to learn from, of jobs of an older bot too", () => {
    const [job] = fresh.jobs;
    const after = (...changes: object[]) => {
      const jobs = changes.map((change) => Job.parse({ ...job, ...change }));
      return lastCollected({ jobs }, 100);
    };
    expect(after({})).toBe(0);
    expect(after({ at: 10, taken: 8 })).toBe(10); // it counted what it had then
    expect(after({ at: 10, taken: 8 }, { at: 20, collectedAt: 30 }, { at: 40 })).toBe(30);
    expect(after({ collectedAt: 30 }, { collectedAt: 101 })).toBe(30); // the clock was ahead then
  });

  it("holds no place or state that nobody knows", () => {
    expect(Job.safeParse({ ...fresh.jobs[0], state: "lost" }).success).toBe(false);
  });
});
