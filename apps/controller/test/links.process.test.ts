import { createHash } from "node:crypto";
import { connect } from "node:net";
import { controllerPaths, windowMs, type WindowReport } from "@sluice/contracts";
import { createHistogram, packHistogram } from "@sluice/domain";
import { defaultProjectId, listGateways, queryMetricPoints, writeBundle } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, described, eventually, healthOf, secret } from "./controller-fixture.ts";
import { FakeAgent } from "./fake-agent.ts";
import { putApplication } from "./intent.ts";

it("closes a link on a frame that is no message, with the reason, and goes on with the others", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const gateway = await fixture.gateway(port);
  const garbled = await fixture.gateway(port, "gateway-2");
  const unknown = await fixture.gateway(port, "gateway-3");
  await eventually(() => expect(unknown.welcomes).toHaveLength(1));
  // A reason with long characters must still fit a close frame.
  garbled.sendText("€".repeat(500));
  unknown.sendText(JSON.stringify({ type: "shout", text: "€".repeat(500) }));
  await eventually(() => expect(garbled.closed).toMatch(/^a frame is not JSON/));
  await eventually(() => expect(unknown.closed).toMatch(/^a frame does not fit its schema at type/));
  await eventually(async () => {
    const connected = (await listGateways(fixture.db)).filter((each) => each.connected).map((each) => each.id);
    expect(connected).toEqual(["gateway-1"]);
  });
  expect(gateway.closed).toBeNull();
});

it("refuses links without the cluster secret, and survives peers that reset", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const stranger = new FakeAgent({ nodeId: "x", secret: "another-secret-of-a-cluster", describe: () => described });
  await expect(stranger.connect(port)).rejects.toThrow("401");
  for (let i = 0; i < 5; i += 1) {
    const socket = connect(port, "127.0.0.1", () => {
      const head = `GET ${controllerPaths.agent} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
      socket.write(head, () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  }
  expect(await healthOf(port)).toMatchObject({ status: "ok", role: "leader" });
});

it("keeps a gateway connected when its old link closes after its new one opened", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const old = await fixture.gateway(port);
  await eventually(() => expect(old.welcomes).toHaveLength(1));
  const fresh = await fixture.gateway(port);
  await eventually(() => expect(old.closed).toBe("the same gateway connected again"));
  await fixture.agent(port);
  await putApplication(fixture.db);
  // Only the new link has to confirm.
  await eventually(async () => expect((await fixture.traffic())?.inForceAtMs ?? null).not.toBeNull());
  expect(fresh.backends("digits")).toHaveLength(1);
  expect((await listGateways(fixture.db)).map((each) => each.connected)).toEqual([true]);
  expect(await healthOf(port)).toMatchObject({ gateways: 1 });
});

it("acknowledges a closed window once it is committed, and an open one never", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const gateway = await fixture.gateway(port);
  await eventually(() => expect(gateway.welcomes).toHaveLength(1));
  const start = Math.floor(Date.now() / windowMs) * windowMs;
  const key = { application: "digits", deployment: "", revision: 1, variant: "r1" };
  const totals = { statusCounts: { "200": 3 }, ongoingMean: 0, ongoingMax: 1, queuedMean: 0, queuedMax: 0, retries: 0 };
  const series = [{ key, ...totals, latency: packHistogram(createHistogram()) }];
  const report: WindowReport = {
    reporter: "gateway-1",
    incarnation: "life-1",
    windows: [
      { windowStartMs: start - windowMs, coveredMs: windowMs, closed: true, series },
      { windowStartMs: start, coveredMs: 500, series },
    ],
  };
  gateway.send({ type: "windows", report });
  await eventually(() => expect(gateway.acknowledged).toEqual([start - windowMs]));
  const query = {
    projectId: defaultProjectId,
    application: "digits",
    fromMs: start - windowMs,
    toMs: start + windowMs,
  };
  expect((await queryMetricPoints(fixture.db, { ...query, deployment: "", revision: 1 })).length).toBe(2);
});

it("reads to holders of the secret what the leader and the replicas of every node that answers count", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const scrape = (authorization = `Bearer ${secret}`): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}${controllerPaths.metrics}`, { headers: { authorization } });
  const sample = (replica: string): string => `ray_serve_batches_processed_total{replica="${replica}"} 1`;
  for (const nodeId of ["node-1", "node-2", "node-silent"]) {
    const agent = await fixture.agent(port, { nodeId });
    if (nodeId !== "node-silent")
      agent.metrics = `# HELP ray_serve_batches_processed_total B.\n# TYPE ray_serve_batches_processed_total counter\n${sample(nodeId)}\n`;
  }
  await eventually(async () => {
    const lines = (await (await scrape()).text()).split("\n");
    expect(lines).toContain("sluice_controller_is_leader 1");
    expect(lines.filter((line) => line.includes("ray_serve_batches_processed_total"))).toEqual([
      "# HELP ray_serve_batches_processed_total B.",
      "# TYPE ray_serve_batches_processed_total counter",
      sample("node-1"),
      sample("node-2"),
    ]);
    // It would be taken for that of whoever relays this.
    expect(lines.some((line) => line.startsWith("process_"))).toBe(false);
  });
  expect((await scrape("Bearer wrong")).status).toBe(401);
  const standby = await fixture.controller();
  const answer = await fetch(`http://127.0.0.1:${String(standby.port)}${controllerPaths.metrics}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(answer.status).toBe(503);
});

it("hands out bundles from any byte on to holders of the secret, and to nobody else", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.controller();
  const content = Buffer.from("0123456789");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const about = { projectId: defaultProjectId, name: "m.onnx", kind: "file" as const, files: [], createdBy: "test" };
  await writeBundle(fixture.db, about, chunksOf(content));
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}${controllerPaths.bundles}/${path}`, {
      headers: { authorization: `Bearer ${secret}`, ...headers },
    });
  const whole = await get(sha256);
  expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
  expect(whole.headers.get("x-bundle-name")).toBe("m.onnx");
  const rest = await get(sha256, { range: "bytes=4-" });
  expect([rest.status, await rest.text()]).toEqual([206, "456789"]);
  expect(rest.headers.get("content-range")).toBe("bytes 4-9/10");
  expect((await get(sha256, { range: "bytes=10-" })).status).toBe(416);
  expect((await get("f".repeat(64))).status).toBe(404);
  expect((await get(sha256, { authorization: "Bearer wrong" })).status).toBe(401);
});

async function* chunksOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
