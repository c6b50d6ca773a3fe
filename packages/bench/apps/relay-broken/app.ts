import { deployment } from "@sluice/sdk";

/** Code that cannot be imported: it throws before anything is exported. */
function readLicence(): string {
  throw new Error("no licence file beside the model");
}

const licence = readLicence();

class Relay {
  fetch(): string {
    return licence;
  }
}

export const app = deployment(Relay).bind();
