import { expect, it } from "vitest";
import { linkProtocol, type ControllerToGateway, type GatewayMessage } from "@sluice/contracts";
import { SimulatedCluster } from "../../simulator/simulated-cluster.ts";
import { SimulatedLink } from "../../simulator/simulated-link.ts";
import type { VirtualClock } from "../../simulator/virtual-clock.ts";
import type { Coverage } from "../leader/first-pass.ts";
import { GatewaySessions } from "./gateway-sessions.ts";
import { markLostGateways } from "./mark-lost-gateways.ts";

const slice = {
  application: "one",
  applicationId: "app-one",
  epoch: 2,
  version: 1,
  routePrefix: "/",
  variants: [],
  revisions: {},
  pools: {},
  message: "",
};
const weights = { application: "one", wanted: { epoch: 2, version: 1 }, former: null, isDeleting: false };

/** The store takes its time. */
async function during(clock: VirtualClock, work: Promise<void>): Promise<void> {
  await clock.advance(100);
  await work;
}

/** Sessions of a leader whose store and clock live on when the next one comes. */
function openCluster() {
  const cluster = new SimulatedCluster(1, { nodes: [], gateways: 0 });
  const { clock } = cluster;
  let coverage: Coverage = "full";
  const lead = () =>
    new GatewaySessions({
      context: cluster.leader.parts,
      projectId: "default",
      coverage: () => coverage,
      allSlices: () => [slice],
      issue: null,
      nodesToTry: () => [],
      onReach: () => undefined,
      onChange: () => undefined,
      onWindows: () => undefined,
    });
  /** One that has version 3 of a former leader in force. */
  const join = (sessions: GatewaySessions) => {
    const link = new SimulatedLink<GatewayMessage, ControllerToGateway>(clock, () => 1, {
      onMessage: (its, message) => sessions.receive(its, message),
      onClose: (its, isGoodbye) => sessions.onClose(its, isGoodbye),
      onReceived: () => undefined,
      onRefused: () => undefined,
    });
    const about = { gatewayId: "g", name: "east", address: "http://127.0.0.1:8000" };
    link.tell({
      type: "hello",
      protocol: linkProtocol,
      ...about,
      slices: [{ application: "one", epoch: 1, version: 3 }],
    });
    return link;
  };
  return {
    clock,
    lead,
    join,
    store: cluster.store,
    parts: cluster.leader.parts,
    cover: (of: Coverage) => (coverage = of),
  };
}

it("takes the weights for known to a gateway that is back once it was sent them, not when it comes", async () => {
  const { clock, lead, join, cover } = openCluster();
  cover("none");
  const sessions = lead();
  const link = join(sessions);
  await clock.advance(60_000);
  expect(sessions.awaited(weights)).toEqual({ untilMs: clock.now() + 5_000, gateways: [] });
  cover("full");
  sessions.publishAll();
  const sentAtMs = clock.now();
  await clock.advance(2_000);
  expect(sessions.awaited(weights)?.untilMs).toBe(sentAtMs + 5_000);
  link.tell({ type: "applied", slices: [{ application: "one", epoch: 2, version: 1 }] });
  await clock.advance(100);
  expect(sessions.awaited(weights)).toBeNull();
});

it("awaits under the next leader whom the last one awaited, from the same loss on, and nobody that said goodbye", async () => {
  const { clock, lead, join } = openCluster();
  const first = lead();
  const link = join(first);
  await clock.advance(1_000);
  link.hangUp();
  await clock.advance(1);
  const lostAtMs = clock.now();
  await clock.advance(20_000);
  const second = lead();
  await during(clock, second.expectKnown());
  expect(second.awaited(weights)).toEqual({ untilMs: lostAtMs + 600_000, gateways: ["east"] });
  const again = join(second);
  await clock.advance(1_000);
  again.hangUp(true);
  await clock.advance(1_000);
  const third = lead();
  await during(clock, third.expectKnown());
  expect(third.awaited(weights)).toBeNull();
});

it("still awaits one that never came to the leader before", async () => {
  const { clock, lead, join, store, parts } = openCluster();
  join(lead());
  await clock.advance(1_000);
  const second = lead();
  await during(clock, second.expectKnown());
  const sinceMs = second.lostSinceMs("g");
  await clock.advance(30_000);
  await during(clock, markLostGateways(parts, second, clock.now() - 30_000));
  expect(store.gateways.get("g")).toMatchObject({ connected: false, lostAtMs: sinceMs });
  const third = lead();
  await during(clock, third.expectKnown());
  expect(third.awaited(weights)?.gateways).toEqual(["east"]);
});
