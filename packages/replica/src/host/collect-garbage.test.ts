import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";

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
