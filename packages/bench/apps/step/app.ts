import { setTimeout as wait } from "node:timers/promises";
import { deployment } from "@sluice/sdk";

/** Half a second of waiting, as a model on another device would be; the answer names the replica. */
class Step {
  async fetch(): Promise<string> {
    await wait(500);
    return String(process.pid);
  }
}

export const app = deployment(Step).bind();
