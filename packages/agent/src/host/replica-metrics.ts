import { request } from "node:http";
import { join } from "node:path";
import { replicaMetricsSocket } from "@sluice/contracts";

const timeoutMs = 1_000;
const limitBytes = 16 * 1024 * 1024;

/** What the replicas of this node count themselves. Those that count nothing, or do not answer in time, are left out. */
export async function readReplicaMetrics(runDir: string, members: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(members.map((member) => readSocket(join(runDir, replicaMetricsSocket(member)))));
  return texts.filter((text) => text !== undefined);
}

function readSocket(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request({ socketPath, path: "/metrics", timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > limitBytes) asking.destroy();
      });
      response.on("end", () => resolve(response.statusCode === 200 ? text : undefined));
      response.on("error", () => resolve(undefined));
    });
    // Most replicas have no such socket.
    asking.on("error", () => resolve(undefined));
    asking.on("timeout", () => asking.destroy());
    asking.on("close", () => resolve(undefined));
    asking.end();
  });
}
