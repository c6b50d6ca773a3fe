/** Nodes, rollouts, scaling, diffs and logs, against a server that answers from a table. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EventView, NodeView, PlanView, ReplicaView, RolloutView } from "@sluice/contracts";
import { createClient } from "@sluice/sdk";
import { planAgent, planLogFormat } from "./agent/agent-command.ts";
import { planLines } from "./deploy/deploy-command.ts";
import { printEvents } from "./events-command.ts";
import { printLogs, readSince } from "./logs-command.ts";
import { actOnNode, labelNode, listNodes, readLabels, removeNode, showNode } from "./nodes/nodes-command.ts";
import { makeToken } from "./nodes/token-command.ts";
import { diff, readReplicas, rollout, scale } from "./rollout/rollout-command.ts";
import { printStatus } from "./status-command.ts";

const at = "2026-03-02T09:00:00.000Z";
const node = (change: Partial<NodeView> = {}): NodeView => ({
  id: "n-1",
  name: "rack-2",
  hostname: "host",
  state: "ready",
  state_since: at,
  reason: "",
  scheduling: "open",
  drain: null,
  removed_at: null,
  platform: "linux-x64",
  agent_version: "0.1.0",
  data_address: "local",
  cpus: 8,
  cpus_reserved: 0.75,
  cpu_percent: 1,
  memory_bytes: 8 * 1024 ** 3,
  memory_reserved_bytes: 0,
  memory_used_bytes: null,
  gpus: [
    {
      uuid: "GPU-1",
      index: 0,
      name: "NVIDIA L4",
      model: "NVIDIA L4",
      parentUuid: null,
      migProfile: null,
      memoryTotalBytes: 24e9,
      memoryUsedBytes: null,
      utilisationPercent: null,
      used_share: 0.5,
      held_by: [{ replica_id: "r1", application: "chat", deployment: "llm", share: 0.5 }],
    },
  ],
  gpus_reserved: 0.5,
  resources: { licence: { total: 4, reserved: 1 } },
  labels: { zone: "b" },
  reported_labels: {},
  label_overrides: {},
  replicas: 2,
  last_heartbeat_at: at,
  ...change,
});
const standing: RolloutView = {
  from_revision: 1,
  to_revision: 2,
  phase: "starting",
  message: "0 of 1 replica is ready",
  numbers: { ready: 0 },
  started_at: at,
  progress_at: at,
  deadline_at: at,
  ended_at: null,
  paused_at: null,
};
/** An answer that is no success. */
class Problem {
  readonly body;
  constructor(status: number, code: string, detail: string) {
    this.body = { type: "x", title: "x", status, detail, code };
  }
}
const notFound = { type: "x", title: "x", status: 404, detail: "There is no such thing.", code: "x" };

let calls: string[] = [];
/** Path -> what it answers, in turn; the last stays. Text is sent as it is. */
let answers: Record<string, unknown[]> = {};
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const path = (request.url ?? "").replace("/api/v1", "");
    calls.push(`${request.method ?? ""} ${path} ${Buffer.concat(chunks).toString()}`.trim());
    const waiting = answers[path.split("?")[0] ?? ""] ?? [];
    const answer = waiting.length > 1 ? waiting.shift() : waiting[0];
    if (answer instanceof Problem) response.writeHead(answer.body.status).end(JSON.stringify(answer.body));
    else if (answer === undefined) response.writeHead(404).end(JSON.stringify(notFound));
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
});
const client = () => createClient({ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` });

let said: string[] = [];
const say = (line: string): void => void said.push(line);
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  calls = [];
  said = [];
  answers = {};
});

describe("sluice nodes", () => {
  it("lists what is reserved, labels and the reason", async () => {
    answers["/nodes"] = [{ items: [node({ state: "unreachable", reason: "No heartbeat" })], next_cursor: null }];
    await listNodes(client(), false, say);
    expect(said[1]).toMatch(/^rack-2 +unreachable +0\.75\/8 +0\.5\/1 +2 +zone=b +n-1 +No heartbeat$/);
  });

  it("shows who holds each GPU", async () => {
    answers["/nodes/rack-2"] = [node()];
    await showNode(client(), "rack-2", false, say);
    expect(said.join("\n")).toContain("gpu GPU-1 NVIDIA L4: chat/llm 0.5");
    expect(said.join("\n")).toContain("licence 1 of 4 reserved");
  });

  it("waits for a drain until the node is empty", async () => {
    const drain = { replicas_left: 2, since: at };
    answers["/nodes/rack-2/drain"] = [node({ drain })];
    answers["/nodes/n-1"] = [node({ drain }), node({ drain, replicas: 1 }), node({ drain, replicas: 0 })];
    expect(await actOnNode(client(), "drain", "rack-2", { wait: true, timeoutS: 20 }, say)).toBe(0);
    expect(said).toEqual([
      "rack-2  is being drained",
      "rack-2  2 replicas left",
      "rack-2  1 replica left",
      "rack-2  0 replicas left",
    ]);
  });

  it("ends the wait with an error when somebody takes the drain back, and when it takes too long", async () => {
    answers["/nodes/rack-2/drain"] = [node()];
    answers["/nodes/n-1"] = [node({ drain: null })];
    expect(await actOnNode(client(), "drain", "rack-2", { wait: true, timeoutS: 20 }, say)).toBe(1);
    expect(said.at(-1)).toContain("no longer being drained");
    answers["/nodes/n-1"] = [node({ drain: { replicas_left: 2, since: at } })];
    expect(await actOnNode(client(), "drain", "rack-2", { wait: true, timeoutS: 0.001 }, say)).toBe(1);
    expect(said.at(-1)).toContain("it goes on");
  });

  it("labels, removes and cordons", async () => {
    answers["/nodes/rack-2"] = [node()];
    answers["/nodes/rack-2/cordon"] = [node()];
    await labelNode(client(), "rack-2", ["zone=b", "spot-"], say);
    await removeNode(client(), "rack-2", true, say);
    expect(await actOnNode(client(), "cordon", "rack-2", { wait: true, timeoutS: 1 }, say)).toBe(0);
    expect(calls).toEqual([
      'PATCH /nodes/rack-2 {"labels":{"zone":"b","spot":null}}',
      "DELETE /nodes/rack-2?force=true",
      "POST /nodes/rack-2/cordon",
    ]);
  });

  it.each(["zone", "=b", ""])("refuses %j as a label with an example", (text) => {
    expect(() => readLabels([text])).toThrow(/label=value, or label-/);
  });

  it("makes a token and says what to run", async () => {
    const token = {
      id: "t1",
      name: "",
      state: "open",
      created_by: "local",
      created_at: at,
      expires_at: at,
      used_at: null,
      node_id: null,
    };
    answers["/nodes/join-tokens"] = [{ ...token, token: "slj_x", join_urls: ["https://c:8267"] }];
    await makeToken(client(), { ttlS: 600, name: "rack 2" }, say);
    expect(calls).toEqual(['POST /nodes/join-tokens {"ttl_s":600,"name":"rack 2"}']);
    // As it has to be typed: the command is found in a clone only.
    expect(said).toContain("  npx sluice agent --join https://c:8267 --token slj_x");
    expect(said.join("\n")).toContain("--dir");
    // That address is one of this machine, which has an agent already: it needs a directory of its own.
    answers["/nodes/join-tokens"] = [
      { ...token, id: "0198-abcdef", token: "slj_y", join_urls: ["http://127.0.0.1:8266"] },
    ];
    await makeToken(client(), { ttlS: 600, name: "" }, say);
    expect(said).toContain("  npx sluice agent --join http://127.0.0.1:8266 --token slj_y --dir .sluice/agent-abcdef");
  });
});

describe("sluice agent", () => {
  it("hands the token over in the environment and the agent's own flags as they are", () => {
    const plan = planAgent("/nowhere", { join: "https://c:8267", token: "slj_x" }, ["--num-cpus", "4"]);
    expect(plan.env).toEqual({ SLUICE_JOIN_URL: "https://c:8267", SLUICE_JOIN_TOKEN: "slj_x" });
    expect(plan.args.slice(-2)).toEqual(["--num-cpus", "4"]);
    expect(plan.args.join(" ")).not.toContain("slj_x");
    expect(() => planAgent("/nowhere", { ca: "/nowhere/ca.pem" }, [])).toThrow(/--ca .*no such file/);
  });
});

describe("log lines of sluice agent", () => {
  it("are for people in a terminal, unless SLUICE_LOG_FORMAT says otherwise", () => {
    expect(planLogFormat({}, true)).toEqual({ SLUICE_LOG_FORMAT: "pretty" });
    expect(planLogFormat({}, false)).toEqual({});
    expect(planLogFormat({ SLUICE_LOG_FORMAT: "json" }, true)).toEqual({});
  });
});

describe("sluice events", () => {
  it("prints the newest ones as logs are read, of one application", async () => {
    const event = (message: string): EventView => ({
      id: message,
      at,
      severity: "info",
      reason: "Autoscaled",
      message,
      numbers: {},
      application: "digits",
      deployment: "cnn",
      revision: 1,
      replica_id: null,
      node_id: null,
    });
    answers["/events"] = [{ items: [event("2 -> 3"), event("1 -> 2")], next_cursor: null }];
    await printEvents(client(), "digits", { limit: 2, json: false }, say);
    expect(calls).toEqual(["GET /events?limit=2&application=digits"]);
    expect(said.slice(1)).toEqual([
      `${at}  info      Autoscaled  digits/cnn  1 -> 2`,
      `${at}  info      Autoscaled  digits/cnn  2 -> 3`,
    ]);
  });
});

describe("the plan of a deploy", () => {
  it("says of each node why it refuses", () => {
    const refusal = { node_id: "n", advice: null, suggestion: null };
    const plan: PlanView = {
      outcome: "create",
      revision: 1,
      stage: "described",
      stage_message: "",
      changes: [],
      deployments: [],
      nodes: [],
      unplaced: [
        {
          deployment: "cnn",
          reason: "1 of 1 new replica would wait: needs 9 CPU, 8 of 8 free on a (and one other node refuses).",
          per_node: [
            { ...refusal, node_name: "a", reason: "needs 9 CPU, 8 of 8 free" },
            { ...refusal, node_name: "b", reason: "is cordoned", advice: "Uncordon it." },
          ],
          suggestion: null,
        },
      ],
      gpu_memory: [],
      ends_split: [],
      warnings: [],
      coded_warnings: [],
    };
    expect(planLines("digits", plan).slice(-2)).toEqual([
      "    node a refuses: needs 9 CPU, 8 of 8 free",
      "    node b refuses: is cordoned. Uncordon it.",
    ]);
  });
});

describe("sluice rollout, scale, diff", () => {
  it("shows what came of an action, not how it stood before", async () => {
    const paused: RolloutView = { ...standing, phase: "paused", message: "paused at 0 of 1", deadline_at: null };
    answers["/applications/digits/rollout/resume"] = [paused];
    answers["/applications/digits/rollout"] = [paused, standing];
    await rollout(client(), "digits", "resume", false, say);
    expect(said[0]).toBe("digits  r1 -> r2  starting  0 of 1 replica is ready");
    said = [];
    answers["/applications/digits/rollout/abort"] = [standing];
    answers["/applications/digits/rollout"] = [
      standing,
      { ...standing, phase: "aborted", ended_at: at, message: "revision 1 was made the target" },
    ];
    await rollout(client(), "digits", "abort", false, say);
    expect(said[0]).toBe("digits  r1 -> r2  aborted  revision 1 was made the target");
  });

  it("says that an action was asked for when nothing comes of it for a while", async () => {
    answers["/applications/digits/rollout/abort"] = [standing];
    answers["/applications/digits/rollout"] = [standing];
    await rollout(client(), "digits", "abort", false, say);
    expect(said).toEqual(["digits  asked to abort; the controller has not acted on it yet"]);
  }, 20_000);

  it("shows where a rollout stands and steers it", async () => {
    answers["/applications/digits/rollout"] = [standing];
    answers["/applications/digits/rollout/pause"] = [{ ...standing, paused_at: at, deadline_at: null }];
    await rollout(client(), "digits", "status", false, say);
    await rollout(client(), "digits", "pause", false, say);
    expect(said[0]).toBe("digits  r1 -> r2  starting  0 of 1 replica is ready");
    expect(said.join("\n")).toContain(`paused since ${at}`);
    expect(calls).toEqual(["GET /applications/digits/rollout", "POST /applications/digits/rollout/pause"]);
    await expect(rollout(client(), "digits", "stop", false, say)).rejects.toThrow(/status, pause, resume, abort/);
  });

  it("sets a number by hand, and gives it back to the spec", async () => {
    const path = "/applications/digits/deployments/cnn/scale";
    const answer = { application: "digits", deployment: "cnn", spec_num_replicas: 2, generation: 3 };
    answers[path] = [
      { ...answer, manual_num_replicas: 5 },
      { ...answer, manual_num_replicas: null },
    ];
    await scale(client(), "digits", "cnn", "5", say);
    await scale(client(), "digits", "cnn", "spec", say);
    expect(calls).toEqual([`POST ${path} {"target_num_replicas":5}`, `POST ${path} {"target_num_replicas":null}`]);
    expect(said).toEqual([
      "digits/cnn  5 replicas, set by hand (the spec says 2)",
      "digits/cnn  2 replicas, as the spec says",
    ]);
    expect(() => readReplicas("many")).toThrow(/whole number, or `spec`/);
  });

  it("shows the fields that differ", async () => {
    const changes = [{ pointer: "#/deployments/0/num_replicas", before: 1, after: 2 }];
    answers["/applications/digits/diff"] = [{ application: "digits", from: 1, to: 2, changes }];
    await diff(client(), "digits", { from: 1, to: 2 }, false, say);
    expect(said).toEqual(["deployments/0/num_replicas", "  - 1", "  + 2"]);
  });
});

const replica = (
  id: string,
  stage: ReplicaView["stage"] = "ready",
  change: Partial<ReplicaView> = {},
): ReplicaView => ({
  id,
  application: "digits",
  deployment: "cnn",
  revisions: [1],
  pool_id: "p",
  node_id: null,
  node_name: null,
  stage,
  stage_times: {},
  message: "",
  pid: null,
  ongoing: null,
  rss_bytes: null,
  gpu_uuids: [],
  members: [],
  refusals: [],
  reconfiguring: false,
  warm_until: null,
  created_at: at,
  ...change,
});

describe("sluice status", () => {
  const application = {
    id: "a",
    name: "digits",
    route_prefix: "/digits",
    status: "RUNNING",
    message: "",
    target_revision: 2,
    generation: 1,
    observed_generation: 1,
    created_at: at,
    updated_at: at,
    ready_replicas: 1,
    wanted_replicas: 1,
    deployments: 1,
    spec: {
      name: "digits",
      route_prefix: "/digits",
      args: {},
      runtime_env: { env_vars: {} },
      deployments: [],
      engine: "sluice",
    },
    deployments_detail: [],
    traffic: {
      application: "digits",
      wanted: null,
      effective: [{ variant: "r2", revision: 2, weight: 100 }],
      source: "rollout",
      reason: "",
      changed_at: at,
      gateways_applied: 1,
      gateways_total: 1,
      in_force_at: at,
    },
    rollout: null,
  };
  const items = [
    replica("new", "ready", { revisions: [2] }),
    replica("old", "ready", { warm_until: "2999-01-01T00:00:00.000Z" }),
    replica("gone", "stopped"),
    replica("dead", "failed"),
  ];

  it("shows the revision of each replica and which are kept warm; those that ended are counted only", async () => {
    answers["/applications/digits"] = [application];
    answers["/replicas"] = [{ items, next_cursor: null }];
    await printStatus(client(), "digits", { all: false, json: false }, say);
    expect(said[2]).toMatch(/^REPLICA +DEPLOYMENT +REVISION +STAGE +NODE +PID +MESSAGE$/);
    expect(said.slice(3)).toEqual([
      expect.stringMatching(/^new +cnn +r2 +ready +- +-$/),
      expect.stringMatching(/^old +cnn +r1 +ready, kept warm +- +-$/),
      "(2 ended replicas not shown: --all)",
    ]);
    said = [];
    await printStatus(client(), "digits", { all: true, json: false }, say);
    expect(said.slice(5)).toEqual([expect.stringMatching(/^gone .*stopped/), expect.stringMatching(/^dead .*failed/)]);
  });
});

describe("sluice logs", () => {
  const nowMs = Date.parse(at);

  it("prints those of one replica since a time", async () => {
    answers["/replicas/r1"] = [replica("r1", "ready")];
    answers["/replicas/r1/logs"] = ["one\ntwo\n"];
    let text = "";
    await printLogs(client(), "r1", { follow: false, since: "10m" }, nowMs, (piece) => void (text += piece));
    expect(text).toBe("one\ntwo\n");
    expect(calls[1]).toBe(`GET /replicas/r1/logs?since=${encodeURIComponent("2026-03-02T08:50:00.000Z")}`);
  });

  it("follows all live replicas of an application, and says whose each line is", async () => {
    const items = [replica("r2", "ready"), replica("r1", "ready"), replica("r0", "failed")];
    answers["/replicas"] = [{ items, next_cursor: null }];
    answers["/replicas/r1/logs"] = ["one\n"];
    answers["/replicas/r2/logs"] = ["two\n"];
    const pieces: string[] = [];
    await printLogs(client(), "digits", { follow: true, since: undefined }, nowMs, (piece) => void pieces.push(piece));
    expect(pieces.sort()).toEqual(["r1  one\n", "r2  two\n"]);
    expect(calls).toContain("GET /replicas/r1/logs?follow=true");
  });

  it("says of a replica whose node was removed that its logs went with it, and keeps the words for one that is away", async () => {
    answers["/replicas/r1"] = [replica("r1", "failed", { node_id: "n-1" })];
    answers["/replicas/r1/logs"] = [new Problem(503, "logs/unavailable", "Node rack-2 is not connected now.")];
    answers["/nodes/n-1"] = [node({ removed_at: at }), node()];
    const print = () => printLogs(client(), "r1", { follow: false, since: undefined }, nowMs, say);
    await expect(print()).rejects.toThrow(`rack-2, which was removed at ${at}. Its logs went with it.`);
    await expect(print()).rejects.toThrow("Node rack-2 is not connected now.");
  });

  it("says that there is no such replica or application, and what a time looks like", async () => {
    const print = printLogs(client(), "nobody", { follow: false, since: undefined }, nowMs, say);
    await expect(print).rejects.toThrow(/no replica and no application `nobody`/);
    expect(readSince("2h", nowMs)).toBe("2026-03-02T07:00:00.000Z");
    expect(() => readSince("soon", nowMs)).toThrow(/--since soon is no time/);
  });
});
