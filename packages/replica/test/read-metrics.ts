import { request } from "node:http";
import type { RunningHost } from "./running-host.ts";

/** What a replica counts itself, in Prometheus' format, as its agent reads it. */
export async function readMetrics({ socketPath }: RunningHost): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socketPath.replace(/\.sock$/, ".prom"), path: "/metrics" }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}
