import { deployment } from "@sluice/sdk";

const hello = { message: "Hello from Sluice!" };

/** Does nothing: what is measured is the way to a replica and back. */
class Noop {
  fetch(): typeof hello {
    return hello;
  }
}

export const app = deployment(Noop, { maxOngoingRequests: 1000, rayActorOptions: { numCpus: 0.05 } }).bind();
