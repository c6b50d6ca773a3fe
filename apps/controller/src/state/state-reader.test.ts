import type { NodeIntent } from "@sluice/db";
import { expect, it } from "vitest";
import { MemoryStore } from "../../simulator/memory-store.ts";
import { ClusterState } from "./cluster-state.ts";
import { StateReader } from "./state-reader.ts";

/** Each read takes its answer at once, and gives it when the test says. */
class LateStore extends MemoryStore {
  readonly answers: (() => void)[] = [];

  override async readNodeIntents() {
    const rows = [...this.nodeIntents.values()];
    await new Promise<void>((resolve) => this.answers.push(resolve));
    return rows;
  }
}

const wish = (scheduling: NodeIntent["scheduling"]): NodeIntent => ({
  nodeId: "n1",
  projectId: "default",
  scheduling,
  labels: {},
  removedAtMs: null,
  updatedBy: "ann",
  updatedAtMs: 0,
});

it("keeps the latest wish about a node, whichever of two readers asked for it first", async () => {
  const store = new LateStore();
  const state = new ClusterState();
  const reader = new StateReader(store, state);
  store.nodeIntents.set("n1", wish("open"));
  const early = reader.readNodeIntents();
  store.nodeIntents.set("n1", wish("draining"));
  const late = [reader.readNodeIntents(), reader.readNodeIntents()];
  // The later question, if there is one already, is answered first.
  store.answers.splice(1).forEach((answer) => answer());
  await new Promise((resolve) => setImmediate(resolve));
  store.answers.splice(0).forEach((answer) => answer());
  await early;
  await new Promise((resolve) => setImmediate(resolve));
  expect(store.answers.length).toBeLessThanOrEqual(1);
  store.answers.splice(0).forEach((answer) => answer());
  await Promise.all(late);
  expect(state.nodeIntent("n1")?.scheduling).toBe("draining");
});
