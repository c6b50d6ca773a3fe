import { deployment } from "@sluice/sdk";

/** Only takes its place: what is looked at is where. */
class Idle {
  fetch(): string {
    return "idle";
  }
}

export const app = deployment(Idle).bind();
