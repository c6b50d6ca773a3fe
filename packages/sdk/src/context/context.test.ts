import { afterEach, expect, it } from "vitest";
import { getMultiplexedModelId, getReplicaContext, getRequestContext } from "../index.ts";
import { currentRequest, provideReplicaContext, requestInForce, runInRequest } from "../host.ts";
import { contextSlot } from "./context-slot.ts";
import type { RequestContext } from "./request-context.ts";

function request(requestId: string): RequestContext {
  const { signal } = new AbortController();
  return {
    requestId,
    traceparent: "",
    deadlineAtMs: Infinity,
    signal,
    multiplexedModelId: `m-${requestId}`,
    timings: {},
  };
}

afterEach(() => {
  contextSlot().replica = undefined;
});

it("answers each of two interleaved requests its own context, also after awaits", async () => {
  const seen = async (): Promise<(string | undefined)[]> => {
    const before = getRequestContext()?.requestId;
    await new Promise((resolve) => setImmediate(resolve));
    return [before, currentRequest()?.requestId, requestInForce()?.requestId, getMultiplexedModelId()];
  };
  const both = await Promise.all([runInRequest(request("a"), seen), runInRequest(request("b"), seen)]);
  expect(both).toEqual([
    ["a", "a", "a", "m-a"],
    ["b", "b", "b", "m-b"],
  ]);
});

it("answers nothing outside a request, and no model id", () => {
  expect(getRequestContext()).toBeUndefined();
  expect(getMultiplexedModelId()).toBe("");
});

it("lets another copy of the SDK see the request, through the registered symbol", () => {
  const holder = globalThis as unknown as Record<symbol, { storage: { getStore(): RequestContext } }>;
  const inside = runInRequest(request("c"), () => holder[Symbol.for("sluice.sdk.context")]?.storage.getStore());
  expect(inside?.requestId).toBe("c");
});

it("tells the replica once the host provided it, and throws before", () => {
  expect(() => getReplicaContext()).toThrow(/only inside a replica/);
  const context = {
    application: "a",
    deployment: "d",
    replicaId: "r",
    revision: 1,
    version: "v",
    nodeId: "n",
    rank: 0,
    worldSize: 1,
  };
  provideReplicaContext(context);
  expect(getReplicaContext()).toBe(context);
});
