import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { checkoutRoot } from "../product/start-product.ts";
import type { Figure, Proof } from "../proof.ts";

/** The gateway by itself: what it bears, in memory and without a lost request. Its own script measures; this one reads the figures. */
export const edgeProof: Proof = {
  id: "serving.edge",
  title: "The gateway's edge: 100 MB up and down, 10,000 idle connections, slices swapped, replicas killed and stopped",
  method: "the gateway's own process with replicas in processes, over real sockets; memory from /proc",
  run: async (log) => {
    const script = join(checkoutRoot, "apps/gateway/bench/prove-edge.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: checkoutRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const figures: Figure[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("{")) figures.push(JSON.parse(line) as Figure);
      else log(line);
    }
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`${script} ended with ${String(code)}`);
    return figures;
  },
};
