/** Logs over REST; the controller is played by the test. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Problem } from "@sluice/contracts";
import { startApi } from "../../../test/api-fixture.ts";
import type { ApiFixture, TestServer } from "../../../test/api-fixture.ts";
import type { LogCall } from "../../ports/api-deps.ts";
import { sinceMsOf } from "./read-replica-logs.ts";

let fixture: ApiFixture;
let server: TestServer;
let asked: LogCall[] = [];
beforeAll(async () => {
  fixture = await startApi();
  server = await fixture.listen();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => {
  asked = [];
});

const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}/api/v1/replicas/${path}`, init);
const streamOf = (...texts: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });

it("streams what the controller tells, with what was asked for", async () => {
  fixture.readLogs = (call) => {
    asked.push(call);
    return Promise.resolve({ ok: true, body: streamOf("one\n", "two\n") });
  };
  const response = await get("k3v9s2aq/logs?since=2026-03-02T09:00:00%2B01:00&tail=4096&stream=stderr&rank=1");
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(await response.text()).toBe("one\ntwo\n");
  expect(asked).toEqual([
    {
      replicaId: "k3v9s2aq",
      rank: 1,
      stream: "stderr",
      sinceMs: Date.parse("2026-03-02T08:00:00Z"),
      tailBytes: 4096,
      follow: false,
    },
  ]);
  expect(sinceMsOf("2h", 10_000_000)).toBe(2_800_000);
});

it("stops following when the reader goes", async () => {
  const ends: string[] = [];
  fixture.readLogs = () =>
    Promise.resolve({
      ok: true,
      body: new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first\n")),
        cancel: () => void ends.push("cancelled"),
      }),
    });
  const reader = new AbortController();
  const response = await get("k3v9s2aq/logs?follow=true", { signal: reader.signal });
  const { value } = (await response.body?.getReader().read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe("first\n");
  reader.abort();
  await expect.poll(() => ends, { timeout: 10_000 }).toEqual(["cancelled"]);
});

it("tells a log that nobody keeps from one that cannot be reached, in the controller's words", async () => {
  fixture.readLogs = () => Promise.resolve({ ok: false, status: 404, reason: "There are no logs of a replica `x`." });
  expect(Problem.parse(await (await get("x/logs")).json())).toMatchObject({
    status: 404,
    code: "replica/not_found",
    detail: "There are no logs of a replica `x`.",
  });
  fixture.readLogs = () => Promise.resolve({ ok: false, status: 503, reason: "Node laptop is not connected now." });
  expect(Problem.parse(await (await get("x/logs")).json())).toMatchObject({ status: 503, code: "logs/unavailable" });
});

it.each(["since=soon", "tail=0", "tail=1.5", "follow=maybe", "stream=all", "rank=-1"])(
  "refuses %s by its name",
  async (query) => {
    const problem = Problem.parse(await (await get(`x/logs?${query}`)).json());
    expect([problem.status, problem.errors?.[0]?.pointer]).toEqual([400, `#/${query.split("=")[0] ?? ""}`]);
  },
);
