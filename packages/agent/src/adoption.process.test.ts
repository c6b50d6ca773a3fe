import { fileURLToPath } from "node:url";
import { connectWire, httpRequestHead, requestAnswer } from "@sluice/wire";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../test/agent-process.ts";
import type { NodeDir } from "../test/agent-process.ts";
import { buildAssignment } from "../test/assignment.ts";
import { bundleAgent } from "../test/bundle-agent.ts";
import { startFakeController } from "../test/fake-controller.ts";
import type { FakeController } from "../test/fake-controller.ts";
import { buildZip } from "../test/zip.ts";

/** The product's own hosts, run from source, under load while their agent is killed. */
const hostEntry = fileURLToPath(new URL("../../replica/src/main.ts", import.meta.url));
const app = `
import { deployment } from "@sluice/sdk";
const Teller = deployment(class Teller {
  config: unknown = null;
  reconfigure(config: unknown) { if (config === "refused") throw new Error("no such beam"); this.config = config; }
  fetch() {
    const { RANK, WORLD_SIZE, MASTER_PORT } = process.env;
    return Response.json({ config: this.config, members: [RANK, WORLD_SIZE, MASTER_PORT] });
  }
}, { name: "Teller" });
export const app = Teller.bind();`;

let node: NodeDir;
let controller: FakeController;
let agent: ReturnType<typeof spawnAgent>;
let bundle: string;

beforeAll(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  bundle = controller.addBundle(await buildZip([{ name: "app.ts", content: app }]));
  agent = await startAgent();
  await controller.connected();
});

afterAll(async () => {
  await agent.stop("SIGKILL");
  await controller.close();
  await node.clean();
});

const startAgent = async () => spawnAgent(await bundleAgent(), node, controller.url, { SLUICE_HOST_ENTRY: hostEntry });

const teller = (replicaId: string, given: Parameters<typeof buildAssignment>[0] = {}) =>
  buildAssignment({
    replicaId,
    runtime: "node",
    bundle,
    importPath: "app:app",
    deployment: "Teller",
    configVersion: "c1",
    userConfig: { beam: 1 },
    healthCheckPeriodS: 1,
    ...given,
  });

const head = httpRequestHead({
  method: "GET",
  target: "/",
  route: "/",
  requestId: "r",
  application: "digits",
  deployment: "Teller",
  revision: 1,
  headers: ["host", "example.test"],
});

/** A client that asks one replica, one request after the other, until it is stopped. */
function askOnAndOn(replicaId: string) {
  const told = { answers: 0, failures: [] as string[], last: "" };
  let isStopped = false;
  const run = (async () => {
    const address = controller.latest.get(replicaId)?.address ?? { kind: "unix", path: "none" };
    const connection = await connectWire(address, { peerId: `client of ${replicaId}` });
    while (!isStopped) {
      try {
        const { body } = await requestAnswer(connection, head);
        told.last = (await body.collect(10_000)).toString();
        told.answers += 1;
      } catch (error) {
        told.failures.push(String(error));
        break;
      }
    }
    connection.destroy("done");
  })();
  return { told, stop: () => ((isStopped = true), run) };
}

test("an agent that is killed under load finds its three replicas and their members again; no request fails", async () => {
  const rendezvous = { host: "local", port: 29_500 };
  const pair = [0, 1].map((rank) => teller("pair", { rank, worldSize: 2, rendezvous }));
  const assignments = [teller("one"), teller("two"), ...pair];
  const names = ["one", "two", "pair", "pair.1"];
  controller.assign(assignments);
  const before = await Promise.all(names.map((name) => controller.reached(name, "ready", 30_000)));
  const clients = ["one", "two", "pair"].map(askOnAndOn);
  const haveAll = (count: number) =>
    vi.waitFor(() => expect(Math.min(...clients.map(({ told }) => told.answers))).toBeGreaterThan(count), {
      timeout: 20_000,
    });
  await haveAll(20);

  await agent.stop("SIGKILL");
  const answered = Math.max(...clients.map(({ told }) => told.answers));
  await haveAll(answered);
  controller.messages.length = 0;
  agent = await startAgent();
  await controller.connected();
  const hello = controller.messages.find((message) => message.type === "hello");
  expect(hello?.replicas).toHaveLength(4);
  await vi.waitFor(() => expect(agent.output().match(/adopt: its process survived/g)).toHaveLength(4), {
    timeout: 20_000,
  });
  const after = names.map((name) => controller.latest.get(name));
  expect(after.map((one) => [one?.pid, one?.stage, one?.configVersion])).toEqual(
    before.map(({ pid }) => [pid, "ready", "c1"]),
  );

  // What was adopted takes new settings in place.
  controller.assign(assignments.map((one) => ({ ...one, configVersion: "c2", userConfig: { beam: 4 }, revision: 2 })));
  for (const name of names) {
    await vi.waitFor(() => expect(controller.latest.get(name)?.configVersion).toBe("c2"), { timeout: 20_000 });
  }
  await haveAll(Math.max(...clients.map(({ told }) => told.answers)));
  await Promise.all(clients.map(({ stop }) => stop()));
  expect(clients.flatMap(({ told }) => told.failures)).toEqual([]);
  expect(JSON.parse(clients[0]?.told.last ?? "")).toEqual({ config: { beam: 4 }, members: [null, null, null] });
  expect(JSON.parse(clients[2]?.told.last ?? "")).toMatchObject({ members: ["0", "2", "29500"] });
  expect(names.map((name) => controller.latest.get(name)?.pid)).toEqual(before.map(({ pid }) => pid));
});

test("settings that user code refuses end the replica with its words", async () => {
  controller.assign([teller("one"), teller("two", { configVersion: "c3", userConfig: "refused" })]);
  const failed = await controller.reached("two", "failed", 20_000);
  expect(failed.message).toBe("reconfigure() failed: no such beam");
  expect(controller.latest.get("one")?.stage).toBe("ready");
});
