/** Requests for a model wait a moment for a replica that holds it, also when another one is free. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const answerAll = (requests: WireRequest[]): void => {
  for (const request of requests.splice(0)) request.respond(httpResponseHead(200, []), Buffer.from("ok"));
};

it("waits for the busy holder, and says so, instead of making another replica load the model", async () => {
  const atHolder: WireRequest[] = [];
  const atOther: WireRequest[] = [];
  const holder = await fixture.addReplica("holder", (request) => void atHolder.push(request));
  const other = await fixture.addReplica("other", (request) => void atOther.push(request));
  holder.server.announceModels(["m"]);
  await fixture.route(fixture.slice([holder, other], { maxOngoingRequests: 1 }));
  const any = [fetch(`${fixture.url}/app`), fetch(`${fixture.url}/app`)];
  await eventually(() => atHolder.length === 1 && atOther.length === 1);
  answerAll(atOther);
  await Promise.race(any);
  const waiting = fetch(`${fixture.url}/app`, { headers: { serve_multiplexed_model_id: "m" } });
  // The other one is free all the time.
  setTimeout(() => answerAll(atHolder), 200);
  await Promise.all(any);
  await eventually(() => atHolder.length === 1);
  answerAll(atHolder);
  const { headers } = await waiting;
  expect(headers.get("x-sluice-replica")).toBe("holder");
  expect(headers.get("server-timing")).toMatch(/^queue;dur=\d+(\.\d+)?;desc="wait_for_model"/);
  expect(atOther).toEqual([]);
});
