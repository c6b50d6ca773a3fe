import { describe, expect, it, vi } from "vitest";
import { KeyedLoop } from "./keyed-loop.ts";

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe("KeyedLoop", () => {
  it("never runs one key twice at once and folds wakes during a run into one more run", async () => {
    const gates = [deferred(), deferred()];
    let runs = 0;
    let active = 0;
    let most = 0;
    const loop = new KeyedLoop({
      concurrency: 4,
      random: () => 0.5,
      onError: () => undefined,
      handle: async () => {
        active += 1;
        most = Math.max(most, active);
        const gate = gates[runs];
        runs += 1;
        await gate?.promise;
        active -= 1;
      },
    });
    loop.wake("a");
    loop.wake("a");
    loop.wake("a");
    await vi.waitFor(() => expect(runs).toBe(1));
    gates[0]?.resolve();
    await vi.waitFor(() => expect(runs).toBe(2));
    gates[1]?.resolve();
    await loop.stop();
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it("retries a failing key later and keeps serving the others", async () => {
    let failures = 0;
    const served: string[] = [];
    const loop = new KeyedLoop({
      concurrency: 1,
      random: () => 0,
      onError: () => (failures += 1),
      handle: (key) => {
        if (key === "bad" && failures < 2) return Promise.reject(new Error("broken"));
        served.push(key);
        return Promise.resolve();
      },
    });
    loop.wake("bad");
    loop.wake("good");
    await vi.waitFor(() => expect(served).toEqual(["good", "bad"]), { timeout: 3_000 });
    expect(failures).toBe(2);
    await loop.stop();
  });

  it("takes the shortest of several delays", async () => {
    let runs = 0;
    const loop = new KeyedLoop({
      concurrency: 1,
      random: () => 0.5,
      onError: () => undefined,
      handle: () => {
        runs += 1;
        return Promise.resolve();
      },
    });
    loop.wakeIn("a", 60_000);
    loop.wakeIn("a", 5);
    await vi.waitFor(() => expect(runs).toBe(1));
    await loop.stop();
  });

  it("says resync only when no event asked for the run too", async () => {
    const causes: string[] = [];
    const gates = [deferred(), deferred(), deferred()];
    const loop = new KeyedLoop({
      concurrency: 1,
      random: () => 0.5,
      onError: () => undefined,
      handle: async (_key, cause) => {
        causes.push(cause);
        await gates[causes.length - 1]?.promise;
      },
    });
    loop.wake("a", "resync");
    await vi.waitFor(() => expect(causes).toHaveLength(1));
    loop.wake("a");
    loop.wake("a", "resync");
    gates[0]?.resolve();
    await vi.waitFor(() => expect(causes).toHaveLength(2));
    loop.wake("a", "resync");
    gates[1]?.resolve();
    await vi.waitFor(() => expect(causes).toHaveLength(3));
    gates[2]?.resolve();
    await loop.stop();
    expect(causes).toEqual(["resync", "event", "resync"]);
  });
});
