import { setTimeout as wait } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { collectGarbage, collectYoung } from "./collect-garbage.ts";

/** In a frame of its own, so that nothing on the stack holds the object. */
const makeGarbage = (): WeakRef<object> => new WeakRef({ some: new Array(1_000).fill(1) });

test("what nobody holds is gone, every time, and user code sees no way to it", async () => {
  for (let round = 0; round < 2; round += 1) {
    const garbage = makeGarbage();
    await wait(1);
    expect(garbage.deref()).toBeDefined();
    await wait(1);
    collectGarbage();
    expect(garbage.deref()).toBeUndefined();
  }
  expect(globalThis).not.toHaveProperty("gc");
});

test("the young generation alone frees memory outside the heap, without a full collection", async () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let piece = 0; piece < 100; piece += 1) Buffer.allocUnsafeSlow(65_536);
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(3_000_000);
  collectYoung();
  // Another thread gives the memory back.
  await vi.waitFor(() => expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000));
});
