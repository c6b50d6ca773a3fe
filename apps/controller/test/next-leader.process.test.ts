/** The leader is killed: who was linked to it is at the next one, by one address, and nothing else changes. Real processes. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { defaultProjectId, getLease, listEvents, listNodes, writeBundle } from "@sluice/db";
import { findFreePort } from "@sluice/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { ControllerFixture, eventually, healthOf, secret } from "./controller-fixture.ts";
import { startControllerProcess } from "./controller-process.ts";
import { putApplication } from "./intent.ts";
import { letIn } from "./node-wishes.ts";
import { startProduct } from "./product-process.ts";
import { zipOf } from "./zip-of.ts";

const tlsFile = (name: string): string => path.join(import.meta.dirname, "tls", name);
const entry = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/replica/src/${name}`, import.meta.url));
const within = { timeout: 30_000, interval: 50 };
const source = `import { deployment } from "@sluice/sdk";
export const app = deployment(class One { fetch() { return new Response("here"); } }, { name: "One" }).bind();`;

it(
  "an agent that joined by one address is at the next leader in ten seconds, also when it starts anew, and its replicas stay",
  { timeout: 180_000 },
  async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "slj-"));
    const agentDir = path.join(dir, "agent");
    onTestFinished(async () => {
      for (const pid of hostPids(agentDir)) process.kill(-pid, "SIGKILL");
      await rm(dir, { recursive: true, force: true });
    });
    await using fixture = await ControllerFixture.open();
    const door = { host: "127.0.0.1", certFile: tlsFile("cert.pem"), keyFile: tlsFile("key.pem"), url: null };
    const doorPort = await findFreePort();
    await using first = await startControllerProcess(fixture.url, 4_000, {
      SLUICE_CONTROLLER_TLS_CERT: door.certFile,
      SLUICE_CONTROLLER_TLS_KEY: door.keyFile,
      SLUICE_CONTROLLER_TLS_HOST: door.host,
      SLUICE_CONTROLLER_TLS_PORT: String(doorPort),
    });
    await eventually(async () => expect(await healthOf(first.port)).toMatchObject({ role: "leader" }));
    const standby = await fixture.controller({ leaseTtlMs: 4_000, nodeDoor: { ...door, port: 0 } });
    const url = (port: number | null): string => `https://127.0.0.1:${String(port)}`;

    const startAgent = (flags: Readonly<Record<string, string>>) =>
      startProduct("packages/agent/src/main.ts", Object.entries({ "--dir": agentDir, ...flags }).flat(), {
        HOME: dir,
        NODE_EXTRA_CA_CERTS: tlsFile("cert.pem"),
        SLUICE_HOST_ENTRY: entry("main.ts"),
        SLUICE_DESCRIBE_ENTRY: entry("describe/main.ts"),
        SLUICE_WARM_HOSTS: "0",
      });
    await letIn(fixture.db, "slj_one");
    // By the one that stands by: it sends the machine to the leader.
    await using agent = startAgent({
      "--join": url(standby.nodePort),
      "--token": "slj_one",
      "--node-name": "far",
    });
    const input = { projectId: defaultProjectId, name: "app.zip", kind: "zip", createdBy: "test", files: [] } as const;
    const { bundle } = await writeBundle(fixture.db, input, Readable.from([await zipOf("app.ts", source)]));
    await putApplication(fixture.db, { name: "one", bundle: bundle.sha256, deployments: [{ name: "One" }] });
    const ready = async (): Promise<void> => {
      const stages = (await fixture.replicas(true)).map(({ stage }) => stage);
      if (stages.join() !== "ready")
        throw new Error(`${stages.join()} ${String((await fixture.status("one"))?.message)}\n${agent.output()}`);
    };
    await vi.waitFor(ready, within);
    const pids = hostPids(agentDir);
    expect(pids).toHaveLength(1);
    const known = path.join(agentDir, "controllers.json");
    await vi.waitFor(() => expect(readFileSync(known, "utf8")).toContain(url(standby.nodePort)), within);
    expect(readFileSync(known, "utf8")).toContain(url(doorPort));
    expect(statSync(known).mode & 0o777).toBe(0o600);

    const killedAtMs = performance.now();
    const formerEpoch = (await getLease(fixture.db))?.epoch ?? 0;
    await first.kill();
    await vi.waitFor(async () => expect((await healthOf(standby.port))["agents"]).toEqual(["far"]), within);
    const tookMs = Math.round(performance.now() - killedAtMs);
    console.log(`the agent is at the next leader after ${String(tookMs)} ms`);
    expect(tookMs).toBeLessThan(10_000);
    expect((await getLease(fixture.db))?.epoch).toBeGreaterThan(formerEpoch);
    await vi.waitFor(ready, within);
    expect(hostPids(agentDir)).toEqual(pids);

    // It starts with the address that is dead now, and with nothing else but what it remembers.
    await agent.end("SIGKILL");
    await vi.waitFor(async () => expect((await healthOf(standby.port))["agents"]).toEqual([]), within);
    await using again = startAgent({ "--join": url(doorPort), "--node-name": "far" });
    await vi.waitFor(async () => {
      if (String((await healthOf(standby.port))["agents"]) !== "far") throw new Error(again.output());
    }, within);
    await vi.waitFor(ready, within);
    expect(hostPids(agentDir)).toEqual(pids);
    expect((await listNodes(fixture.db, {})).map(({ name, state }) => `${name} ${state}`)).toEqual(["far ready"]);
    const { items } = await listEvents(fixture.db, { projectId: defaultProjectId, reason: "ReplicaFailed" });
    expect(items).toEqual([]);
  },
);

it.each([
  ["both controllers", (leader: number, standby: number) => [leader, standby]],
  ["the one that stands by", (_leader: number, standby: number) => [standby]],
])("a gateway that was given %s is linked to the next leader as soon as that leads", async (_what, pick) => {
  const leaseTtlMs = 4_000;
  const dir = await mkdtemp(path.join(tmpdir(), "slg-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(path.join(dir, "secret"), secret, { mode: 0o600 });
  await using fixture = await ControllerFixture.open();
  await using first = await startControllerProcess(fixture.url, leaseTtlMs);
  await eventually(async () => expect(await healthOf(first.port)).toMatchObject({ role: "leader" }));
  const standby = await fixture.controller({ leaseTtlMs });
  const urls = pick(first.port, standby.port).map((port) => `http://127.0.0.1:${String(port)}`);
  await using gateway = startProduct("apps/gateway/src/main.ts", [], {
    SLUICE_CONTROLLER_URL: urls.join(","),
    SLUICE_CLUSTER_SECRET_FILE: path.join(dir, "secret"),
    SLUICE_GATEWAY_STATE_DIR: path.join(dir, "gateway"),
    SLUICE_GATEWAY_PORT: String(await findFreePort()),
    SLUICE_GATEWAY_WORKERS: "1",
  });
  const links = async (port: number): Promise<void> => {
    if ((await healthOf(port))["gateways"] !== 1) throw new Error(gateway.output());
  };
  await vi.waitFor(() => links(first.port), within);

  const killedAtMs = performance.now();
  await first.kill();
  await vi.waitFor(async () => expect(await healthOf(standby.port)).toMatchObject({ role: "leader" }), within);
  const takenOverMs = Math.round(performance.now() - killedAtMs);
  await vi.waitFor(() => links(standby.port), within);
  const linkedMs = Math.round(performance.now() - killedAtMs);
  console.log(`taken over after ${String(takenOverMs)} ms, the gateway is linked after ${String(linkedMs)} ms`);
  // It waits at the one that stands by; a look there takes a quarter of a second.
  expect(linkedMs - takenOverMs).toBeLessThan(1_500);
});

function hostPids(agentDir: string): number[] {
  const replicas = path.join(agentDir, "replicas");
  if (!existsSync(replicas)) return [];
  const files = readdirSync(replicas).map((member) => path.join(replicas, member, "host.json"));
  const pids = files
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid);
  return pids.filter((pid) => existsSync(`/proc/${String(pid)}`));
}
