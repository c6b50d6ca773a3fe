/** Requests for a model wait a moment for a replica that holds it, also when another one is free. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

it("waits for the busy holder, and says so, instead of making another replica load the model", async () => {
  const atHolder: WireRequest[] = [];
  const answer = (request: WireRequest): void => request.respond(httpResponseHead(200, []), Buffer.from("ok"));
  const holder = await fixture.addReplica("holder", (request) => void atHolder.push(request));
  const other = await fixture.addReplica("other", answer);
  holder.server.announceModels(["m"]);
  await fixture.route(fixture.slice([holder, other], { maxOngoingRequests: 1 }));
  const ask = (): Promise<Response> => fetch(`${fixture.url}/app`, { headers: { serve_multiplexed_model_id: "m" } });
  // The gateway learns who holds what with its first connection to it: until chance leads there, the other one answers.
  let busy = ask();
  const isHeld = async (): Promise<boolean> =>
    Promise.race([busy.then(() => false), eventually(() => atHolder.length === 1).then(() => true)]);
  while (!(await isHeld())) busy = ask();
  const waiting = ask();
  setTimeout(() => atHolder.splice(0).forEach(answer), 200);
  expect((await busy).headers.get("x-sluice-replica")).toBe("holder");
  await eventually(() => atHolder.length === 1);
  atHolder.forEach(answer);
  const { headers } = await waiting;
  expect(headers.get("x-sluice-replica")).toBe("holder");
  expect(headers.get("server-timing")).toMatch(/^queue;dur=\d+(\.\d+)?;desc="wait_for_model"/);
});
