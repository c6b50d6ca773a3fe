import { expect, it } from "vitest";
import { MemoryStore } from "../../simulator/memory-store.ts";
import { changeIntent, putApplication } from "../../simulator/wishes.ts";
import { ClusterState } from "./cluster-state.ts";
import { StateReader } from "./state-reader.ts";

const id = "app-chat";

/** A store whose answers to reads of intent wait until they are let go. */
class SlowStore extends MemoryStore {
  readonly waiting: (() => void)[] = [];

  override async readIntents(ids: readonly string[]) {
    const rows = await super.readIntents(ids);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return rows;
  }
}

async function filled(): Promise<{ store: SlowStore; state: ClusterState; reader: StateReader }> {
  const store = new SlowStore();
  putApplication(store, { name: "chat", code: "code", deployments: [{ options: { name: "model" }, outbound: [] }] }, 1);
  const state = new ClusterState();
  const reader = new StateReader(store, state);
  await reader.fill();
  return { store, state, reader };
}

it("doubts an application until the reading is over, and again when something changed meanwhile", async () => {
  const { store, state, reader } = await filled();
  changeIntent(store, id, { manualScale: { model: 2 } });
  reader.doubt(id, "intent");
  const first = reader.settle([id]);
  await Promise.resolve();
  expect(reader.isDoubted(id)).toBe(true);
  changeIntent(store, id, { manualScale: { model: 3 } });
  reader.doubt(id, "intent");
  await expect.poll(() => store.waiting.length).toBe(1);
  store.waiting.pop()?.();
  await first;
  expect(state.application(id)?.intent.application.manualScale).toEqual({ model: 2 });
  expect(reader.isDoubted(id)).toBe(true);
  const second = reader.settle([id]);
  await expect.poll(() => store.waiting.length).toBe(1);
  store.waiting.pop()?.();
  await second;
  expect(state.application(id)?.intent.application.manualScale).toEqual({ model: 3 });
  expect(reader.isDoubted(id)).toBe(false);
});
