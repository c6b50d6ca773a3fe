/** Rows "multiplexing" of the table in ../batch/README.md. */
import { afterEach, beforeEach, expect, expectTypeOf, it } from "vitest";
import { gate, testRequest } from "../../test/requests.ts";
import { batch } from "../batch/batch.ts";
import { modelsSlot, observeModels, unloadModels } from "./model-observer.ts";
import { multiplexed } from "./multiplexed.ts";

class FakeModel {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    log.push(`unload ${this.id}`);
  }
}

let log: string[] = [];
let held: (readonly string[])[] = [];
beforeEach(() => {
  log = [];
  held = [];
  observeModels({
    onModels: (ids) => void held.push(ids),
    onGet: () => undefined,
    onLoaded: () => undefined,
    onUnloaded: () => undefined,
  });
});
afterEach(() => modelsSlot().caches.clear());

function loader(options?: Parameters<typeof multiplexed>[1]) {
  return multiplexed(async (id: string) => {
    log.push(`load ${id}`);
    await Promise.resolve();
    if (id === "broken") throw new Error("no such file");
    return new FakeModel(id);
  }, options);
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("default limit is 3 models, the least recently used goes first, and is disposed of before the new one is loaded", async () => {
  const getModel = loader();
  for (const id of ["a", "b", "c", "a", "d", "b"]) expect((await getModel(id)).id).toBe(id);
  expect(log).toEqual(["load a", "load b", "load c", "unload b", "load d", "unload c", "load b"]);
  expectTypeOf(getModel).returns.toEqualTypeOf<Promise<FakeModel>>();
});

it.each([0, 1.5, -2])("limit %d is refused by name; -1 means no limit", async (limit) => {
  expect(() => loader({ maxNumModelsPerReplica: limit })).toThrow(/maxNumModelsPerReplica/);
  const getModel = loader({ maxNumModelsPerReplica: -1 });
  for (let id = 0; id < 20; id += 1) await getModel(String(id));
  expect(log.every((line) => line.startsWith("load"))).toBe(true);
});

it("single flight: those who ask while a model is loading share one load", async () => {
  const getModel = loader();
  const models = await Promise.all([getModel("a"), getModel("a"), getModel("b"), getModel("a")]);
  expect(log).toEqual(["load a", "load b"]);
  expect(models[0]).toBe(models[3]);
});

it("a load that fails fails those who wait for it, and leaves nothing behind", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 1 });
  const answers = await Promise.allSettled([getModel("broken"), getModel("broken")]);
  for (const answer of answers) expect(answer).toMatchObject({ reason: { message: "no such file" } });
  expect((await getModel("a")).id).toBe("a");
  expect(held.at(-1)).toEqual(["a"]);
  await expect(getModel("broken")).rejects.toThrow("no such file");
  expect(log.filter((line) => line === "load broken").length).toBe(2);
});

it("the model of the request: the id comes from the request, and an id is needed", async () => {
  const getModel = loader();
  const request = testRequest({ multiplexedModelId: "m7" });
  expect((await request.run(() => getModel())).id).toBe("m7");
  await expect(getModel()).rejects.toThrow(/serve_multiplexed_model_id/);
  await expect(getModel("")).rejects.toThrow(/No model was named/);
});

it("a model in use is never unloaded: who needs its place waits until a request that uses one has ended", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 1 });
  const [first, second] = [testRequest(), testRequest()];
  await first.run(() => getModel("a"));
  const waiting = second.run(() => getModel("b"));
  await settled();
  expect(log).toEqual(["load a"]);
  first.end();
  expect((await waiting).id).toBe("b");
  expect(log).toEqual(["load a", "unload a", "load b"]);
});

it("waiting for a place ends when the caller goes away", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 1 });
  await testRequest().run(() => getModel("a"));
  const gone = testRequest();
  const waiting = gone.run(() => getModel("b"));
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});

it("a request that uses a model itself never waits for a place: a clear error instead of a deadlock", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 1 });
  const request = testRequest();
  await request.run(() => getModel("a"));
  await expect(request.run(() => getModel("b"))).rejects.toThrow(/Raise maxNumModelsPerReplica/);
  expect((await request.run(() => getModel("a"))).id).toBe("a");
});

it("ids are announced when loading begins and when a model goes, most recently used first", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 2 });
  const { opened, open } = gate();
  const slow = multiplexed(async (id: string) => {
    await opened;
    return id;
  });
  await getModel("a");
  await getModel("b");
  const loading = slow("s");
  await settled();
  expect(held.at(-1)).toEqual(["b", "a", "s"]);
  open();
  await loading;
  await getModel("c");
  expect(held.at(-1)).toEqual(["c", "b", "s"]);
  await unloadModels();
  expect(held.at(-1)).toEqual([]);
  expect(log.slice(-2).sort()).toEqual(["unload b", "unload c"]);
});

it("a batch uses the model of its items, and holds it until the batch has ended", async () => {
  const getModel = loader({ maxNumModelsPerReplica: 1 });
  const { opened, open } = gate();
  const predict = batch(
    async (items: number[]) => {
      const model = await getModel();
      if (model.id === "a") await opened;
      return items.map((item) => `${model.id}${item}`);
    },
    { maxBatchSize: 2, maxConcurrentBatches: 2 },
  );
  const asked = (id: string, item: number): Promise<string> =>
    testRequest({ multiplexedModelId: id }).run(() => predict(item));
  const all = [asked("a", 1), asked("a", 2), asked("b", 1), asked("b", 2)];
  await settled();
  expect(log).toEqual(["load a"]);
  open();
  expect(await Promise.all(all)).toEqual(["a1", "a2", "b1", "b2"]);
  expect(log).toEqual(["load a", "unload a", "load b"]);
});
