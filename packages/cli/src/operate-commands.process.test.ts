import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApplicationView, EventView, RevisionView, RolloutView, TrafficView } from "@sluice/contracts";
import { createClient } from "@sluice/sdk";
import { printRevisions } from "./revisions/revisions-command.ts";
import { pickEarlier, rollback } from "./revisions/rollback-command.ts";
import { readWeights, traffic } from "./traffic-command.ts";

const at = "2026-03-02T09:00:00.000Z";
const revision = (number: number, stage: RevisionView["stage"] = "described", is_target = false): RevisionView => ({
  number,
  created_at: at,
  created_by: "local",
  message: `message ${String(number)}`,
  stage,
  stage_message: "",
  spec: {
    name: "digits",
    route_prefix: "/digits",
    args: {},
    runtime_env: { env_vars: {} },
    deployments: [],
    engine: "sluice",
  },
  description: null,
  resolved: null,
  weight: is_target ? 100 : 0,
  is_target,
  warm_until: null,
});
const shares = (...weights: number[]): TrafficView["effective"] =>
  weights.map((weight, index) => ({ variant: `r${String(index + 1)}`, revision: index + 1, weight }));

/** What the server would answer; each call is written down. */
let calls: string[] = [];
let trafficAnswers: TrafficView[] = [];
let revisionAnswer: RevisionView[] = [];
let events: EventView[] = [];
let rolloutAnswer: RolloutView | null = null;
let applicationAnswers: Partial<ApplicationView>[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const path = (request.url ?? "").replace("/api/v1/applications/digits", "").replace("/api/v1", "");
    calls.push(`${request.method ?? ""} ${path} ${Buffer.concat(chunks).toString()}`.trim());
    const answer = answerOf(path);
    if (answer === null) response.writeHead(404).end("none");
    else response.end(JSON.stringify(answer));
  });
});
const client = () => createClient({ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` });

function answerOf(path: string): unknown {
  if (path.startsWith("/revisions")) return { items: revisionAnswer, next_cursor: null };
  if (path.startsWith("/events")) {
    const severity = new URL(path, "http://x").searchParams.get("severity");
    return { items: events.filter((event) => event.severity === severity), next_cursor: null };
  }
  if (path === "/rollout") return rolloutAnswer;
  if (path === "/traffic") return trafficAnswers.length > 1 ? trafficAnswers.shift() : trafficAnswers[0];
  if (path === "/rollback") return {};
  return applicationAnswers.length > 1 ? applicationAnswers.shift() : applicationAnswers[0];
}

const view = (effective: TrafficView["effective"], wanted: TrafficView["wanted"], inForce: boolean): TrafficView => ({
  application: "digits",
  wanted,
  effective,
  source: wanted === null ? "rollout" : "split",
  reason: inForce ? "" : "revision 2 has 0 of 1 replica ready",
  changed_at: at,
  gateways_applied: inForce ? 1 : 0,
  gateways_total: 1,
  in_force_at: inForce ? at : null,
});
const application = (status: ApplicationView["status"], observed: number): ApplicationView => ({
  id: "a",
  name: "digits",
  route_prefix: "/digits",
  status,
  message: status === "DEPLOY_FAILED" ? "exited by SIGKILL" : "",
  target_revision: 1,
  generation: 4,
  observed_generation: observed,
  created_at: at,
  updated_at: at,
  ready_replicas: 1,
  wanted_replicas: 1,
  deployments: 1,
  spec: revision(1).spec,
  deployments_detail: [],
  traffic: view(shares(100), null, true),
  rollout: null,
});

let said: string[] = [];
const say = (line: string): void => void said.push(line);
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  calls = [];
  said = [];
  events = [];
  rolloutAnswer = null;
  revisionAnswer = [revision(3, "described", true), revision(2, "describe_failed"), revision(1)];
});

const event = (number: number, reason: "DeployFailed" | "DeployCompleted"): EventView => ({
  id: "1",
  at,
  severity: reason === "DeployFailed" ? "error" : "info",
  reason,
  message: reason === "DeployFailed" ? "Model: no such file" : "",
  numbers: {},
  application: "digits",
  deployment: null,
  revision: number,
  replica_id: null,
  node_id: null,
});

describe("sluice revisions", () => {
  it("lists them newest first with what became of each, traffic and message", async () => {
    await printRevisions(client(), "digits", false, say);
    expect(said[0]).toMatch(/^REVISION +STATE +TRAFFIC +BY +CREATED +MESSAGE$/);
    expect(said[1]).toMatch(/^r3 \(target\) +serving +100 % +local .*message 3$/);
    expect(said[2]).toMatch(/^r2 +cannot run +- /);
    expect(said).toHaveLength(4);
  });

  it("says which did not start, and why", async () => {
    revisionAnswer = [revision(3, "described", true), revision(2), revision(1)];
    events = [event(2, "DeployFailed"), event(1, "DeployCompleted")];
    await printRevisions(client(), "digits", false, say);
    expect(said[2]).toMatch(/^r2 +did not start +- /);
    expect(said[3]).toMatch(/^r1 +not serving +- /);
    expect(said.at(-1)).toBe("r2 did not start: Model: no such file");
  });
});

describe("sluice rollback", () => {
  const options = { to: undefined, reason: undefined, wait: true, timeoutS: 10 };

  it("goes to the newest earlier revision that can run, with the reason, and waits for its own generation", async () => {
    applicationAnswers = [application("RUNNING", 3), application("RUNNING", 3), application("RUNNING", 4)];
    expect(await rollback(client(), "digits", { ...options, reason: "slower" }, say)).toBe(0);
    expect(calls).toContain('POST /rollback {"revision":1,"message":"slower"}');
    expect(calls.filter((call) => call === "GET")).toHaveLength(3);
    expect(said[0]).toBe("digits  rolling back to revision 1");
  });

  it("goes where --to says without asking for the list, and fails when the application does", async () => {
    applicationAnswers = [application("DEPLOY_FAILED", 4)];
    expect(await rollback(client(), "digits", { ...options, to: 2 }, say)).toBe(1);
    expect(calls[0]).toBe('POST /rollback {"revision":2}');
    expect(said.at(-1)).toBe("Roll back failed: exited by SIGKILL");
  });

  it("passes over one that did not start", async () => {
    revisionAnswer = [revision(4, "described", true), revision(3), revision(2), revision(1)];
    events = [event(3, "DeployFailed"), event(2, "DeployCompleted")];
    applicationAnswers = [application("RUNNING", 4)];
    expect(await rollback(client(), "digits", options, say)).toBe(0);
    expect(calls).toContain('POST /rollback {"revision":2}');
  });

  it("refuses where none before the target can run: which there are, why not, and how to name one", () => {
    const revisions = [revision(3, "described", true), revision(2), revision(1, "describe_failed")];
    const pick = () => pickEarlier("digits", revisions, { rollout: null, events: [event(2, "DeployFailed")] }, 0);
    expect(pick).toThrow(/no revision before r3 .* --to/);
    expect(pick).toThrow(/\n {2}r2 did not start: Model: no such file\n {2}r1 cannot run$/);
  });
});

describe("sluice traffic", () => {
  const options = { reset: false, wait: true, timeoutS: 10 };

  it("shows the weights in force", async () => {
    trafficAnswers = [view(shares(90, 10), shares(90, 10), true)];
    expect(await traffic(client(), "digits", [], options, say)).toBe(0);
    expect(said).toEqual(["digits  r1 90 %, r2 10 %  (in force on 1 of 1 gateway)"]);
    expect(calls).toEqual(["GET /traffic"]);
  });

  it("sets them and waits until every gateway confirmed", async () => {
    const asked = view(shares(100), shares(95, 5), false);
    trafficAnswers = [asked];
    const running = application("RUNNING", 4);
    const inForce = view(shares(95, 5), shares(95, 5), true);
    applicationAnswers = [running, { ...running, traffic: asked }, { ...running, traffic: inForce }];
    expect(await traffic(client(), "digits", ["1=95", "r2=5%"], options, say)).toBe(0);
    expect(calls[0]).toBe('PUT /traffic {"variants":[{"revision":1,"weight":95},{"revision":2,"weight":5}]}');
    expect(said).toEqual([
      "digits  asked for: r1 95 %, r2 5 %",
      "digits  revision 2 has 0 of 1 replica ready",
      "digits  r1 95 %, r2 5 %  (in force on 1 of 1 gateway)",
    ]);
  });

  it("ends at once, with the reason, when a side of the split cannot start", async () => {
    const asked = view(shares(100), shares(50, 50), false);
    trafficAnswers = [asked];
    const before = { ...application("DEPLOY_FAILED", 3), message: "of the time before", traffic: asked };
    const failed = { ...application("DEPLOY_FAILED", 4), traffic: asked };
    applicationAnswers = [before, before, failed];
    expect(await traffic(client(), "digits", ["1=50", "2=50"], { ...options, timeoutS: 60 }, say)).toBe(1);
    expect(said.at(-1)).toBe("The weights did not come into force: exited by SIGKILL");
  });

  it("removes the split with --reset", async () => {
    trafficAnswers = [view(shares(100), null, true)];
    applicationAnswers = [application("RUNNING", 4)];
    expect(await traffic(client(), "digits", [], { ...options, reset: true }, say)).toBe(0);
    expect(calls[0]).toBe("DELETE /traffic");
  });

  it.each(["1:95", "95", "one=5", "1=", "=5"])("refuses %s with an example", (text) => {
    expect(() => readWeights([text])).toThrow(/revision=percent, for example 1=95 2=5/);
  });
});
