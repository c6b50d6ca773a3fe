import { deployment } from "@sluice/sdk";

class Hello {
  fetch(): { message: string } {
    return { message: "Hello from Sluice!" };
  }
}

export const app = deployment(Hello, { maxOngoingRequests: 100, rayActorOptions: { numCpus: 0.1 } }).bind();
