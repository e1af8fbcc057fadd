import { describe, expect, it } from "vitest";

import { createMetrics } from "../../src/metrics.ts";

const place = { platform: "discord", channel: "c", isDirect: false } as const;

async function linesAfter(
  happen: (metrics: ReturnType<typeof createMetrics>) => void,
  sources = { queueLength: () => 3, isConnected: () => ({ discord: true, slack: false }) },
): Promise<string[]> {
  const metrics = createMetrics(sources);
  happen(metrics);
  return (await metrics.text()).split("\n");
}

describe("the metrics", () => {
  it("count what is heard, and replies by how they end", async () => {
    const lines = await linesAfter((metrics) => {
      metrics.heard(place);
      metrics.heard({ ...place, platform: "slack" });
      metrics.replied(place, "finished", 2, 0.3);
      metrics.replied(place, "stopped", 1, 0.2);
    });

    expect(lines).toEqual(
      expect.arrayContaining([
        'lfz_messages_heard_total{platform="discord"} 1',
        'lfz_messages_heard_total{platform="slack"} 1',
        'lfz_replies_total{platform="discord",outcome="finished"} 1',
        'lfz_replies_total{platform="discord",outcome="stopped"} 1',
      ]),
    );
  });

  it("time the first sign, the first token and the whole reply", async () => {
    const lines = await linesAfter((metrics) => {
      metrics.firstSign(place, 0.7);
      metrics.replied(place, "finished", 2.5, 0.3);
    });

    expect(lines).toEqual(
      expect.arrayContaining([
        'lfz_first_sign_seconds_bucket{le="0.5",platform="discord"} 0',
        'lfz_first_sign_seconds_bucket{le="1",platform="discord"} 1',
        'lfz_first_token_seconds_sum{platform="discord"} 0.3',
        'lfz_reply_seconds_sum{platform="discord"} 2.5',
      ]),
    );
  });

  it("time no first token where there was none", async () => {
    const lines = await linesAfter((metrics) => metrics.replied(place, "withdrawn", 1, 0));

    expect(lines.filter((line) => line.startsWith("lfz_first_token_seconds_count"))).toEqual([]);
  });

  it("count as errors failed replies and lost platforms", async () => {
    const lines = await linesAfter((metrics) => {
      metrics.replied(place, "failed", 1, 0);
      metrics.failed("discord");
      metrics.replied(place, "finished", 1, 0.1);
    });

    expect(lines).toContain('lfz_errors_total{platform="discord"} 2');
  });

  it("look at queue and platforms when they are asked", async () => {
    const lines = await linesAfter(() => {});

    expect(lines).toEqual(
      expect.arrayContaining([
        "lfz_queue_length 3",
        'lfz_platform_up{platform="discord"} 1',
        'lfz_platform_up{platform="slack"} 0',
      ]),
    );
  });

  it("know the process and its event loop", async () => {
    const lines = await linesAfter(() => {});

    expect(lines.some((line) => /^nodejs_eventloop_lag_p99_seconds \d/.test(line))).toBe(true);
    expect(lines.some((line) => /^process_resident_memory_bytes \d/.test(line))).toBe(true);
  });

  it("of one bot are not those of another in the same process", async () => {
    await linesAfter((metrics) => metrics.heard(place));

    const lines = await linesAfter((metrics) => metrics.heard(place));

    expect(lines).toContain('lfz_messages_heard_total{platform="discord"} 1');
  });
});
