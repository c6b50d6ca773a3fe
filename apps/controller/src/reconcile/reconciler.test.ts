/** The real reconciler, writer and memory over a store that answers when the test lets it. */
import { defaultReconcileSettings } from "@sluice/domain";
import { emptyBatch, type StatusBatch } from "@sluice/db";
import { createLogger } from "@sluice/observability";
import { expect, it } from "vitest";
import { checkCapacity } from "../../simulator/invariants.ts";
import { MemoryStore } from "../../simulator/memory-store.ts";
import { simulatedNodes } from "../../simulator/story.ts";
import { VirtualClock } from "../../simulator/virtual-clock.ts";
import { putApplication } from "../../simulator/wishes.ts";
import { SlicePublisher } from "../routing/slice-publisher.ts";
import { SliceTable } from "../routing/slice-table.ts";
import { createLeaderParts } from "../state/leader-parts.ts";
import { Reconciler } from "./reconciler.ts";

const startMs = Date.UTC(2026, 0, 1);
const [node] = simulatedNodes(1);

/** Commits that the test named wait until it opens them. */
class SlowStore extends MemoryStore {
  #isHeld: (batch: StatusBatch) => boolean = () => false;
  #gate = Promise.resolve();
  #onReached: () => void = () => undefined;

  /** Resolves when such a commit arrives, to what lets it go on. */
  hold(isHeld: (batch: StatusBatch) => boolean): { readonly reached: Promise<void>; readonly open: () => void } {
    let open: () => void = () => undefined;
    this.#isHeld = isHeld;
    this.#gate = new Promise((resolve) => (open = resolve));
    const reached = new Promise<void>((resolve) => (this.#onReached = resolve));
    return { reached, open };
  }

  override async commit(batch: StatusBatch): Promise<void> {
    if (this.#isHeld(batch)) {
      this.#onReached();
      await this.#gate;
    }
    await super.commit(batch);
  }
}

/** Two applications that want a GPU each, and no node yet. */
async function setUp() {
  const clock = new VirtualClock(startMs);
  const store = new SlowStore();
  for (const name of ["one", "two"]) {
    const options = { name: "model", num_replicas: 1, ray_actor_options: { num_cpus: 1, num_gpus: 1 } };
    putApplication(store, { name, code: name, deployments: [{ options, outbound: [] }] }, startMs);
  }
  const context = createLeaderParts(
    {
      epoch: 1,
      logger: createLogger({ name: "test", level: "silent", format: "json" }),
      heartbeatIntervalMs: 2_000,
      heartbeatTimeoutMs: 10_000,
      resyncIntervalMs: 5_000,
      rollouts: defaultReconcileSettings,
    },
    clock,
    store,
  );
  const publisher = new SlicePublisher({
    context,
    slices: new SliceTable(1),
    gateways: { publish: () => undefined, isInForce: () => true, awaited: () => null },
    agents: { publish: () => undefined },
  });
  let ids = 0;
  const reconciler = new Reconciler({
    context,
    publisher,
    agents: { sendAssignments: () => undefined },
    wakeIn: () => undefined,
    replicaId: () => `r${String((ids += 1))}`,
  });
  await context.reader.fill();
  /** A node with one GPU. */
  const join = async (): Promise<void> => {
    if (node === undefined) throw new Error("no node");
    const facts = { ...node, gpus: node.gpus.slice(0, 1) };
    const its = { id: facts.nodeId, projectId: "default", name: facts.name, facts, usage: null, message: "" };
    const times = { createdAtMs: startMs, stateSinceMs: startMs, lastSeenAtMs: startMs };
    const batch = { ...emptyBatch, nodes: [{ ...its, ...times, state: "ready" as const }] };
    await context.writer.run({ nodeIds: [facts.nodeId] }, () => batch);
  };
  const assigned = (): number =>
    [...store.applications.values()].flatMap(({ replicas }) =>
      [...replicas.values()].filter(({ members }) => members.some(({ assignment }) => assignment.gpuUuids.length > 0)),
    ).length;
  return { store, context, reconciler, join, assigned };
}

function isPlacing({ changedReplicas }: StatusBatch): boolean {
  return changedReplicas.some(({ before, after }) => before.stage === "pending" && after.stage === "assigned");
}

it("gives the last GPU once, also to a plan that places only when its turn to write comes", async () => {
  const { store, context, reconciler, join, assigned } = await setUp();
  await reconciler.reconcile("app-one");
  let openTurn: () => void = () => undefined;
  const turn = context.writer.atTurn(
    { applicationIds: ["app-two"] },
    () => new Promise<void>((resolve) => (openTurn = resolve)),
  );
  // Its first plan creates a replica and finds no node for it.
  const two = reconciler.reconcile("app-two");
  await Promise.resolve();
  await join();
  const grant = store.hold(isPlacing);
  const one = reconciler.reconcile("app-one");
  await grant.reached;
  openTurn();
  await turn;
  await new Promise((resolve) => setImmediate(resolve));
  grant.open();
  await Promise.all([one, two]);

  expect(checkCapacity(store)).toEqual([]);
  expect(assigned()).toBe(1);
});

it("does not give away again what a commit without an answer may have given", async () => {
  const { store, reconciler, join, assigned } = await setUp();
  for (const id of ["app-one", "app-two"]) await reconciler.reconcile(id);
  await join();

  store.nextFault = "after";
  await expect(reconciler.reconcile("app-one")).rejects.toThrow("after the commit");
  await reconciler.reconcile("app-two");

  expect(checkCapacity(store)).toEqual([]);
  expect(assigned()).toBe(1);
});
