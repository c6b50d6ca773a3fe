import { afterAll, expect, it } from "vitest";
import { ServerPair } from "./differential/compare-servers.ts";

const servers = new ServerPair();
afterAll(() => servers.close());

/** Longer: `npx tsx apps/gateway/bench/fuzz-http1.ts <minutes>`. */
const connections = 1_500;

it(`no request is understood otherwise than Node's own server understands it, on ${String(connections)} connections`, async () => {
  let agreed = 0;
  let refused = 0;
  for (let seed = 1; seed <= connections; seed += 1) {
    const { violation, stricter, agreed: count } = await servers.compare(seed);
    expect(violation, `seed ${String(seed)}`).toBe("");
    agreed += count;
    refused += stricter === "" ? 0 : 1;
  }
  // The traffic is worth something only if much of it is understood and much of it refused.
  expect(agreed).toBeGreaterThan(connections / 2);
  expect(refused).toBeGreaterThan(connections / 100);
});
