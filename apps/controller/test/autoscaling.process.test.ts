import { AutoscalingAnswer, controllerPaths, type AutoscalingEvaluation } from "@sluice/contracts";
import { defaultProjectId, getApplication, listAutoscalerStatuses, listEvents } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually, metricsOf, secret } from "./controller-fixture.ts";
import type { FakeGateway } from "./fake-gateway.ts";
import { putApplication, type Wish } from "./intent.ts";

/** Tells a load each 200 ms as a router does, until it is silenced. */
class Load implements Disposable {
  queued = 0;
  sent = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(gateway: FakeGateway) {
    const tell = (): void => {
      const poolIds = Object.keys(gateway.slice("digits")?.pools ?? {});
      const pools = poolIds.map((poolId) => ({ poolId, queued: this.queued, sent: this.sent }));
      gateway.send({ type: "load", at: Date.now(), pools });
    };
    this.#timer = setInterval(tell, 200);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function autoscaled(config: NonNullable<NonNullable<Wish["options"]>["autoscaling_config"]>): Wish {
  // `undefined` takes the number away that the fixture's spec has.
  return { cpus: 0.1, options: { num_replicas: undefined, autoscaling_config: config } };
}

async function evaluationsOf(port: number, query = ""): Promise<AutoscalingEvaluation[]> {
  const url = `http://127.0.0.1:${String(port)}${controllerPaths.autoscaling}${query}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${secret}` } });
  expect(response.status).toBe(200);
  return AutoscalingAnswer.parse(await response.json()).evaluations;
}

const fast = { target_ongoing_requests: 8, upscale_delay_s: 0, downscale_delay_s: 1, look_back_period_s: 1 };

it("follows a load step up and down, with an event for each number and its reason on the live row", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, autoscaled({ min_replicas: 1, max_replicas: 4, ...fast }));
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  using load = new Load(gateway);
  await eventually(async () => expect((await evaluationsOf(port))[0]?.decision.path).toBe("held"));
  [load.queued, load.sent] = [27, 5];
  await eventually(() => expect(agent.running()).toHaveLength(4));
  const [status] = await listAutoscalerStatuses(fixture.db);
  expect(status).toMatchObject({ target: 4, decision: { target: 4, targetOngoingRequests: 8, bounds: { max: 4 } } });

  const application = await getApplication(fixture.db, { projectId: defaultProjectId, name: "digits" });
  await eventually(async () => {
    const [row] = await evaluationsOf(port, `?application_id=${application?.id ?? ""}`);
    expect(row).toMatchObject({ application: "digits", deployment: "model", revision: 1 });
    expect(row?.decision).toMatchObject({
      target: 4,
      running: 4,
      measured: { total: 32, queued: 27, sent: 5 },
      path: "steady",
      reason: "32 requests ongoing / target 8 = 4: stays at 4",
    });
  });
  expect(await evaluationsOf(port, "?application_id=another")).toEqual([]);
  await eventually(async () => {
    const text = await metricsOf(port);
    for (const line of [
      "target_replicas{#} 4",
      "desired_replicas{#} 4",
      "total_requests{#} 32",
      "target_ongoing_requests{#} 8",
    ]) {
      expect(text).toContain(`ray_serve_autoscaling_${line.replace("#", 'application="digits",deployment="model"')}\n`);
    }
  });

  [load.queued, load.sent] = [0, 3];
  await eventually(() => expect(agent.running()).toHaveLength(1));
  const { items } = await listEvents(fixture.db, { projectId: defaultProjectId, reason: "Autoscaled", limit: 50 });
  const [last] = items;
  expect(last?.message).toMatch(/^model: .* ongoing \/ target 8 = .*: down from \d to 1$/);
  expect(last?.numbers).toMatchObject({ target: 1, target_ongoing_requests: 8, min_replicas: 1, max_replicas: 4 });
});

it("goes to zero, holds the route meanwhile, and comes back with the first request", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, autoscaled({ min_replicas: 0, initial_replicas: 1, max_replicas: 2, ...fast }));
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  using load = new Load(gateway);
  await eventually(() => expect(agent.running()).toHaveLength(0));
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(0));
  expect(gateway.weights("digits")).toEqual({ r1: 100 });
  load.queued = 1;
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  const messages = await fixture.events("Autoscaled");
  expect(messages[0]).toBe("model: 1 request ongoing and no replica runs: up from 0 to 1 at once");
  expect(messages[1]).toContain("down from 1 to 0");
});

it("keeps the number when the routers fall silent, and a new leader starts from the number that is stored", async () => {
  await using fixture = await ControllerFixture.open();
  const first = await fixture.leader({ leaseTtlMs: 1_000 });
  const agent = await fixture.agent(first.port);
  const gateway = await fixture.gateway(first.port);
  await putApplication(fixture.db, autoscaled({ min_replicas: 1, max_replicas: 3, ...fast }));
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  {
    using load = new Load(gateway);
    [load.queued, load.sent] = [20, 5];
    await eventually(() => expect(agent.running()).toHaveLength(3));
  }
  await eventually(async () => {
    expect((await evaluationsOf(first.port))[0]?.decision).toMatchObject({
      path: "no_data",
      target: 3,
      measured: null,
    });
  });
  await first.stop();
  const second = await fixture.leader({ leaseTtlMs: 1_000 });
  await agent.connect(second.port);
  await gateway.connect(second.port);
  await eventually(async () => {
    const [row] = await evaluationsOf(second.port);
    expect(row?.decision).toMatchObject({ path: "no_data", before: 3, target: 3, running: 3 });
  });
  expect(agent.running()).toHaveLength(3);
  using load = new Load(gateway);
  load.sent = 1;
  await eventually(() => expect(agent.running()).toHaveLength(1));
});
