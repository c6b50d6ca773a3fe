import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@sluice/api";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(ms, signal) {
    // An aborted sleep ends early; it is not a failure.
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};
