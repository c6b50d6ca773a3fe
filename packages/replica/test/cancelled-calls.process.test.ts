/** What a caller that goes away leaves behind on the replicas its request had called. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CancelCode, callHead, connectWire, Encoding, resultHead, serveWire } from "@sluice/wire";
import type { AnswerEvents, WireRequest } from "@sluice/wire";
import { describe, expect, it } from "vitest";
import { HandleCaller } from "../src/handles/handle-caller.ts";
import { HostedRequest, runHosted } from "../src/handles/hosted-request.ts";
import { callerLaunch, sliceTo } from "./caller-launch.ts";
import { eventually } from "./eventually.ts";

/** A caller whose requests come over a real connection, and the replica `Back` that takes one call at a time. */
async function startPair(onBack: (request: WireRequest) => void) {
  const dir = await mkdtemp(path.join(tmpdir(), "calls-"));
  const back = { kind: "unix" as const, path: path.join(dir, "back.sock") };
  const front = { kind: "unix" as const, path: path.join(dir, "front.sock") };
  const caller = new HandleCaller(callerLaunch);
  caller.updateSlices([sliceTo([back.path], { maxOngoingRequests: 1 })]);
  const outcomes: string[] = [];
  const backServer = await serveWire(back, onBack);
  const frontServer = await serveWire(front, (request) => {
    const target = { deployment: "Back", method: "work", options: {}, isStream: false };
    const call = async (): Promise<unknown> => caller.call(target, []);
    void runHosted(new HostedRequest(request, {}), call).then(
      () => {
        outcomes.push("answered");
        request.respond(resultHead({ encoding: Encoding.none }));
      },
      (error: unknown) => outcomes.push(error instanceof Error ? error.message : "?"),
    );
  });
  const client = await connectWire(front);
  return {
    outcomes,
    client,
    stop: async () => {
      client.destroy();
      await caller.close();
      await Promise.all([backServer.close(), frontServer.close()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const head = callHead({ method: "ask", encoding: Encoding.json, application: "app", deployment: "Front", revision: 1 });
const ignore: AnswerEvents = {
  onHead: () => undefined,
  onData: () => true,
  onEnd: () => undefined,
  onReject: () => undefined,
  onError: () => undefined,
};

describe("calls of a request whose caller went away", () => {
  it("are cancelled while their answer is on its way, and give their place back", async () => {
    const seen: WireRequest[] = [];
    const pair = await startPair((request) => {
      seen.push(request);
      if (seen.length === 1) {
        request.startResponse(resultHead({ encoding: Encoding.json }));
        request.write(Buffer.from('"half'));
      } else request.respond(resultHead({ encoding: Encoding.none }));
    });
    const first = pair.client.request(head, undefined, ignore);
    await eventually("the call arrived", () => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    first.cancel(CancelCode.callerGone);
    await eventually("the call is cancelled", () => seen[0]?.gone !== undefined);
    pair.client.request(head, undefined, ignore);
    await eventually("the next call is answered", () => pair.outcomes.includes("answered"));
    await pair.stop();
  });

  it("are cancelled before their answer has begun, too", async () => {
    const seen: WireRequest[] = [];
    const pair = await startPair((request) => void seen.push(request));
    const first = pair.client.request(head, undefined, ignore);
    await eventually("the call arrived", () => seen.length === 1);
    first.cancel(CancelCode.callerGone);
    await eventually("the call is cancelled", () => seen[0]?.gone !== undefined);
    expect(seen[0]?.gone?.code).toBe(CancelCode.callerGone);
    await pair.stop();
  });
});
