import { expect, it } from "vitest";
import type { HostedRequest } from "../handles/hosted-request.ts";
import { serverTimingOf } from "./server-timing.ts";

function request(timings: HostedRequest["timings"], hops?: HostedRequest["hops"]): HostedRequest {
  return { timings, hops } as HostedRequest;
}

it("tells the time in user code when nothing more exact is known", () => {
  expect(serverTimingOf(request({}), 3.14159)).toBe("model;dur=3.1");
});

it("tells how a batch was made, and the model's own time", () => {
  const timings = { batchWaitMs: 1.24, batchSize: 8, batchLimit: 8, batchReason: "full", modelMs: 3.4 };
  expect(serverTimingOf(request(timings), 9)).toBe('batch;dur=1.2;desc="8 of 8, full", model;dur=3.4');
  expect(serverTimingOf(request({ batchWaitMs: 0 }), 2)).toBe("batch;dur=0, model;dur=2");
});

it("lists the calls to other deployments, with names that cannot break the header", () => {
  const calls: HostedRequest["hops"] = [
    { metric: "call", way: "Model.predict", note: "", ms: 1.06 },
    { metric: "batch", way: "Model.predict", note: "8 of 8, full", ms: 0.5 },
    { metric: "call", way: 'Od"d.call', note: "", ms: 2 },
  ];
  expect(serverTimingOf(request({}, calls), 5)).toBe(
    `model;dur=5, call;dur=1.1;desc="Model.predict", batch;dur=0.5;desc="Model.predict: 8 of 8, full", call;dur=2;desc="Od'd.call"`,
  );
});
