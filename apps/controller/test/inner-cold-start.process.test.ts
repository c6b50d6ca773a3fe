/** A deployment that only other deployments call starts from zero at the first call. Real agent, hosts and gateway. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { defaultProjectId, writeBundle } from "@sluice/db";
import { findFreePort } from "@sluice/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { ControllerFixture, secret } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";
import { startProduct } from "./product-process.ts";
import { zipOf } from "./zip-of.ts";

const entry = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/replica/src/${name}`, import.meta.url));
const within = { timeout: 60_000, interval: 100 };
const source = `
import { deployment } from "@sluice/sdk";
class Back { who() { return process.pid; } }
class Front {
  constructor(back) { this.back = back; }
  async fetch(request) { return Response.json(request.url.endsWith("/deep") ? await this.back.who() : "front"); }
}
export const app = deployment(Front, { name: "Front" }).bind(deployment(Back, { name: "Back" }).bind());`;

it(
  "an inner deployment at zero is asked for at once when the first call waits for it",
  { timeout: 180_000 },
  async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "sli-"));
    const agentDir = path.join(dir, "agent");
    onTestFinished(async () => {
      for (const pid of hostPids(agentDir)) process.kill(-pid, "SIGKILL");
      await rm(dir, { recursive: true, force: true });
    });
    await using fixture = await ControllerFixture.open();
    const { port } = await fixture.leader();
    const secretFile = path.join(dir, "secret");
    await writeFile(secretFile, secret, { mode: 0o600 });
    const common = {
      SLUICE_CONTROLLER_URL: `http://127.0.0.1:${String(port)}`,
      SLUICE_CLUSTER_SECRET_FILE: secretFile,
    };
    await using agent = startProduct("packages/agent/src/main.ts", ["--dir", agentDir, "--num-cpus", "2"], {
      ...common,
      HOME: dir,
      SLUICE_HOST_ENTRY: entry("main.ts"),
      SLUICE_DESCRIBE_ENTRY: entry("describe/main.ts"),
      SLUICE_WARM_HOSTS: "0",
    });
    const gatewayPort = await findFreePort();
    await using gateway = startProduct("apps/gateway/src/main.ts", [], {
      ...common,
      SLUICE_GATEWAY_STATE_DIR: path.join(dir, "gateway"),
      SLUICE_GATEWAY_PORT: String(gatewayPort),
      SLUICE_GATEWAY_WORKERS: "1",
    });
    const input = { projectId: defaultProjectId, name: "app.zip", kind: "zip", createdBy: "test", files: [] } as const;
    const { bundle } = await writeBundle(fixture.db, input, Readable.from([await zipOf("app.ts", source)]));
    await putApplication(fixture.db, {
      name: "deep",
      bundle: bundle.sha256,
      deployments: [
        { name: "Front", ray_actor_options: { num_cpus: 0.5 } },
        {
          name: "Back",
          ray_actor_options: { num_cpus: 0.5 },
          autoscaling_config: { min_replicas: 0, initial_replicas: 0, max_replicas: 1 },
        },
      ],
    });
    const call = async (where: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${String(gatewayPort)}${where}`);
      const text = await response.text();
      if (response.status !== 200)
        throw new Error(`${String(response.status)} ${text}\n${agent.output()}\n${gateway.output()}`);
      return text;
    };
    await vi.waitFor(() => call("/deep/"), within);
    expect((await fixture.replicas(true)).map(({ deployment }) => deployment)).toEqual(["Front"]);

    const calledAtMs = Date.now();
    expect(Number(await call("/deep/deep"))).toBeGreaterThan(0);
    const answeredMs = Date.now() - calledAtMs;
    const back = (await fixture.replicas(true)).find(({ deployment }) => deployment === "Back");
    const wantedMs = (back?.createdAtMs ?? Infinity) - calledAtMs;
    const readyMs = (back?.stageTimes.ready ?? Number.NaN) - calledAtMs;
    const times = { wantedMs, readyMs, answeredMs };
    console.log(`the first call of an inner deployment at zero: ${JSON.stringify(times)}`);
    // A look at the queues (50 ms), a turn of the autoscaler (250 ms), and a plan; the regular report alone may take 500 ms.
    expect(wantedMs).toBeLessThan(600);
  },
);

function hostPids(agentDir: string): number[] {
  const replicas = path.join(agentDir, "replicas");
  if (!existsSync(replicas)) return [];
  const files = readdirSync(replicas).map((member) => path.join(replicas, member, "host.json"));
  const pids = files
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid);
  return pids.filter((pid) => existsSync(`/proc/${String(pid)}`));
}
