import { deployment } from "@sluice/sdk";

class App {
  constructor() {
    throw new Error("weights.bin is missing");
  }
  fetch(): string {
    return "never";
  }
}

export const app = deployment(App).bind();
