import { describe, expect, it } from "vitest";
import { GatewayFixture } from "./gateway-fixture.ts";

interface Told {
  readonly at: number;
  readonly queued: number | undefined;
}

/** Every load report so far, for the pool of the fixture's slice. */
function told(fixture: GatewayFixture): Told[] {
  return fixture.controller.received.flatMap((message) =>
    message.type === "load"
      ? [{ at: message.at, queued: message.pools.find((pool) => pool.poolId === "p1")?.queued }]
      : [],
  );
}

describe("the load that a gateway tells", () => {
  it("comes each half second, idle pools included", async () => {
    await using fixture = await GatewayFixture.start();
    await fixture.route(fixture.slice([]));
    const known = told(fixture).length;
    await expect.poll(() => told(fixture).length, { timeout: 10_000, interval: 20 }).toBeGreaterThan(known + 4);
    const reports = told(fixture).slice(known);
    const spans = reports.slice(1).map(({ at }, index) => at - (reports[index]?.at ?? 0));
    const middle = spans.toSorted((a, b) => a - b)[Math.floor(spans.length / 2)];
    expect(middle).toBeGreaterThan(400);
    expect(middle).toBeLessThan(650);
    expect(reports.map(({ queued }) => queued)).toEqual(reports.map(() => 0));
  });

  it("comes at once when the first request waits for a pool without replicas", async () => {
    await using fixture = await GatewayFixture.start();
    await fixture.route(fixture.slice([]));
    const known = told(fixture).length;
    await expect.poll(() => told(fixture).length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(known);
    const abort = new AbortController();
    const call = fetch(`${fixture.url}/app`, { signal: abort.signal }).catch(() => null);
    await expect
      .poll(() => told(fixture).some(({ queued }) => queued === 1), { timeout: 10_000, interval: 5 })
      .toBe(true);
    const reports = told(fixture);
    const first = reports.findIndex(({ queued }) => queued === 1);
    // The request came right after a regular report: waiting for the next one would have taken nearly half a second.
    expect((reports[first]?.at ?? 0) - (reports[first - 1]?.at ?? 0)).toBeLessThan(350);
    abort.abort();
    await call;
  });
});
