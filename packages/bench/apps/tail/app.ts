import { deployment } from "@sluice/sdk";

/** Answers after 20 to 200 ms with a tail: 20 ms + an exponential of mean 25 ms, cut at 200 ms. */
class Tail {
  async fetch(): Promise<string> {
    const ms = Math.min(200, 20 - 25 * Math.log(1 - Math.random()));
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    return "done";
  }
}

export const app = deployment(Tail, { maxOngoingRequests: 40, rayActorOptions: { numCpus: 0.25 } }).bind();
