import { deleteReplica } from "@sluice/db";
import { expect, it, vi } from "vitest";
import { ControllerFixture, described, eventually, metricsOf } from "./controller-fixture.ts";
import { deleteApplication, putApplication, putTraffic } from "./intent.ts";

it("describes, places, starts and routes a new application, and knows when every gateway has it in force", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  const lagging = await fixture.gateway(port, "gateway-2");
  lagging.confirms = false;
  await putApplication(fixture.db, { replicas: 2 });
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(2));
  expect(agent.described).toEqual(["app:app"]);
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 100 }));
  await eventually(() => expect(lagging.backends("digits")).toHaveLength(2));
  await eventually(async () => expect((await fixture.traffic())?.sliceVersion).toBeGreaterThan(0));
  expect((await fixture.traffic())?.inForceAtMs).toBeNull();
  lagging.confirm();
  await eventually(async () => expect((await fixture.traffic())?.inForceAtMs).not.toBeNull());
  await eventually(async () => expect((await fixture.status())?.state).toBe("RUNNING"));
  const replicas = await fixture.replicas(true);
  expect(replicas.map((replica) => replica.stage)).toEqual(["ready", "ready"]);
  for (const { stageTimes } of replicas) {
    expect(Object.keys(stageTimes)).toEqual(expect.arrayContaining(["pending", "assigned", "loading", "ready"]));
  }
  // The agent has the slice too, for handles inside its replicas.
  expect(agent.slices.at(-1)?.variants).toEqual([{ variant: "r1", revision: 1, weight: 100 }]);
  await eventually(async () => {
    const text = await metricsOf(port);
    expect(text).toContain('ray_serve_application_status{application="digits"} 6');
    expect(text).toContain('ray_serve_deployment_status{application="digits",deployment="model"} 6');
    expect(text.match(/^ray_serve_deployment_replica_healthy\{.*\} 1$/gm)).toHaveLength(2);
    expect(text).toMatch(/^ray_serve_controller_control_loop_duration_s 0\.\d+/m);
    expect(text).toContain("sluice_controller_is_leader 1");
  });
});

it("replaces a killed replica and says why", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, { replicas: 2 });
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(2));
  const [victim = ""] = gateway.backends("digits");
  agent.kill(victim);
  await eventually(() => {
    expect(gateway.backends("digits")).toHaveLength(2);
    expect(gateway.backends("digits")).not.toContain(victim);
  });
  const [message = ""] = await fixture.events("ReplicaReplaced");
  const successor = (await fixture.replicas()).find((replica) => replica.replacesId === victim);
  expect(message).toBe(`replica ${victim} exited by SIGKILL; replaced by ${successor?.id ?? "?"}`);
});

it("keeps replicas of the old revision until every gateway has confirmed the new one", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 100 }));
  const old = gateway.backends("digits");
  gateway.confirms = false;
  await putApplication(fixture.db, { importPath: "next:app" });
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r2: 100 }));
  expect(agent.running().map((replica) => replica.replicaId)).toEqual(expect.arrayContaining(old));
  expect(agent.running()).toHaveLength(2);
  gateway.confirm();
  await eventually(() => expect(agent.running()).toHaveLength(1));
  expect(agent.running()[0]?.replicaId).not.toBe(old[0]);
});

it("splits 90/10, then 50/50, with replicas before weight", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, { replicas: 2 });
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 100 }));
  await putApplication(fixture.db, { importPath: "next:app", replicas: 2 });
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r2: 100 }));
  await putTraffic(fixture.db, "digits", { 1: 90, 2: 10 });
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 90, r2: 10 }));
  await putTraffic(fixture.db, "digits", { 1: 50, 2: 50 });
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 50, r2: 50 }));
  await eventually(async () => expect((await fixture.traffic())?.inForceAtMs).not.toBeNull());
  const slice = gateway.slice("digits");
  expect(Object.keys(slice?.revisions ?? {})).toEqual(["1", "2"]);
  for (const pool of Object.values(slice?.pools ?? {})) expect(pool.backends.length).toBeGreaterThan(0);
});

it("leaves the old revision in force when the new one cannot start, and does not try that generation again", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 100 }));
  agent.outcome = (assignment) => (assignment.revision === 2 ? "failed" : "ready");
  await putApplication(fixture.db, { importPath: "broken:app", options: { max_constructor_retry_count: 2 } });
  await eventually(async () => expect((await fixture.status())?.state).toBe("DEPLOY_FAILED"));
  const failed = await fixture.status();
  expect(failed?.message).toContain("constructor threw: no weights");
  expect(failed?.message).toContain("Revision 1 still serves.");
  expect(failed).toMatchObject({ failedGeneration: 2, servingRevisions: [1] });
  expect(gateway.weights("digits")).toEqual({ r1: 100 });
  const tries = (await fixture.replicas()).filter((replica) => replica.revision === 2).length;
  expect(tries).toBe(2);
  // A whole new look at everything starts nothing either.
  const again = await fixture.agent(port, { nodeId: "node-2" });
  await eventually(() => expect(again.welcomes).toHaveLength(1));
  await eventually(async () => expect(await fixture.events("NodeReady")).toContain("Node node-2 joined"));
  expect((await fixture.replicas()).filter((replica) => replica.revision === 2)).toHaveLength(tries);
});

it("fails a revision whose code cannot be described, with the runtime's message", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port, {
    describe: (importPath) =>
      importPath === "app:app" ? described : { ok: false, message: "app.ts exports no `typo`" },
  });
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.weights("digits")).toEqual({ r1: 100 }));
  await putApplication(fixture.db, { importPath: "app:typo" });
  await eventually(async () => expect((await fixture.status())?.state).toBe("DEPLOY_FAILED"));
  const message = (await fixture.status())?.message;
  expect(message).toContain("Revision 2 could not be described: app.ts exports no `typo`");
  expect(message).toContain("Revision 1 still serves.");
  expect(gateway.weights("digits")).toEqual({ r1: 100 });
  expect(agent.running()).toHaveLength(1);
});

it("describes a revision as soon as a node comes, when there was none", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await putApplication(fixture.db);
  await eventually(async () => expect((await fixture.status())?.message).toMatch(/describing revision 1/i));
  const agent = await fixture.agent(port);
  await eventually(() => expect(agent.running()).toHaveLength(1));
});

it("drains a deleted application, removes it, and takes it off the gateways", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  await deleteApplication(fixture.db, "digits");
  await eventually(() => expect(gateway.removed).toEqual(["digits"]));
  expect(agent.running()).toEqual([]);
  expect(await fixture.replicas()).toEqual([]);
  expect(await fixture.status()).toBeNull();
  expect(await fixture.events("ApplicationDeleted")).toHaveLength(1);
  // The name is free again, and its new owner stays on the gateways.
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
});

it("places applications that come at the same time one after the other, never on the same room", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await fixture.agent(port, { cpus: 2 });
  const names = ["a", "b", "c", "d"];
  await Promise.all(names.map((name) => putApplication(fixture.db, { name, replicas: 1, cpus: 1 })));
  await eventually(async () => {
    const stages = (await fixture.replicas()).map((replica) => replica.stage).sort();
    expect(stages).toEqual(["pending", "pending", "ready", "ready"]);
  });
  const waiting = (await fixture.replicas()).filter((replica) => replica.stage === "pending");
  for (const replica of waiting) expect(replica.message).not.toBe("");
});

it("finds by the resync what no event told, and counts it", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader({ resyncIntervalMs: 300 });
  await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(async () => expect((await fixture.status())?.state).toBe("RUNNING"));
  await eventually(async () => expect((await fixture.traffic())?.inForceAtMs).not.toBeNull());
  const [first = ""] = gateway.backends("digits");
  // A run that an event asked for may find it before the resync does: then it is tried again.
  await vi.waitFor(
    async () => {
      for (const lost of gateway.backends("digits")) await deleteReplica(fixture.db, lost);
      expect(await metricsOf(port)).toMatch(/^sluice_controller_reconcile_corrections_total [1-9]/m);
    },
    { timeout: 30_000, interval: 1_000 },
  );
  await eventually(() => {
    expect(gateway.backends("digits")).toHaveLength(1);
    expect(gateway.backends("digits")).not.toContain(first);
  });
});
