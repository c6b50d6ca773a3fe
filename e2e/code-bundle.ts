import { buildZip } from "../packages/agent/test/zip.ts";

/** An application in code with the behaviours that specs provoke: slow answers and a throw. */
const source = `
import { deployment } from "@sluice/sdk";

class Workbench {
  running = 0;

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith("/throw")) throw new Error("the workbench broke on purpose");
    if (pathname.endsWith("/running")) return { running: this.running };
    const waitMs = Number(searchParams.get("wait_ms") ?? "0");
    this.running += 1;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.running -= 1;
    return { path: pathname, waited_ms: waitMs };
  }
}

export const app = deployment(Workbench, { rayActorOptions: { numCpus: 0.1 } }).bind();
`;

export function buildWorkbench(): Promise<Buffer> {
  return buildZip([{ name: "app.mjs", content: source }]);
}

/** Its replicas start, unless the environment has WEIGHTS=missing. */
export function buildFragile(): Promise<Buffer> {
  const content = `
import { deployment } from "@sluice/sdk";

class Fragile {
  constructor() {
    if (process.env.WEIGHTS === "missing") throw new Error("the weights are not there");
  }
  fetch() {
    return { ok: true };
  }
}

export const app = deployment(Fragile, { maxConstructorRetryCount: 2, rayActorOptions: { numCpus: 0.1 } }).bind();
`;
  return buildZip([{ name: "app.mjs", content }]);
}

/** Its first entry would be written beside the folder that it is unpacked into. */
export function buildEscapingZip(): Promise<Buffer> {
  return buildZip([
    { name: "../escaped.mjs", content: "export const app = 1;" },
    { name: "app.mjs", content: source },
  ]);
}
