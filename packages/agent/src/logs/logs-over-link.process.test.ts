import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentMessage, ControllerToAgent } from "@sluice/contracts";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../../test/agent-process.ts";
import type { NodeDir } from "../../test/agent-process.ts";
import { buildAssignment } from "../../test/assignment.ts";
import { bundleAgent } from "../../test/bundle-agent.ts";
import { startFakeController } from "../../test/fake-controller.ts";
import type { FakeController } from "../../test/fake-controller.ts";

let entry: string;
let node: NodeDir;
let controller: FakeController;
let agent: ReturnType<typeof spawnAgent>;

beforeAll(async () => {
  entry = await bundleAgent();
});

beforeEach(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  agent = spawnAgent(entry, node, controller.url);
  await controller.connected();
});

afterEach(async () => {
  await agent.stop("SIGKILL");
  await controller.close();
  await node.clean();
});

type Chunk = Extract<AgentMessage, { type: "log_chunk" }>;
type Ask = Extract<ControllerToAgent, { type: "read_logs" }>;

const chunks = (requestId: string): Chunk[] =>
  controller.messages.filter((one): one is Chunk => one.type === "log_chunk" && one.requestId === requestId);
const textOf = (requestId: string): string =>
  chunks(requestId)
    .map(({ text }) => text)
    .join("");
const ask = (requestId: string, given: Partial<Ask> = {}): void =>
  controller.send({
    type: "read_logs",
    requestId,
    replicaId: "r1",
    rank: 0,
    stream: "both",
    sinceMs: null,
    tailBytes: null,
    follow: false,
    ...given,
  });
const answered = (requestId: string): Promise<Chunk> =>
  vi.waitFor(
    () => {
      const last = chunks(requestId).at(-1);
      if (last?.done !== true) throw new Error("not answered yet");
      return last;
    },
    { timeout: 10_000 },
  );
const log = (member: string): string => join(node.dir, "a", "replicas", member, "logs", "stdout.log");

test("the output of a replica is read while it runs, once it is gone, and by an agent that never saw it", async () => {
  const bundle = controller.addBundle(Buffer.from("a model"));
  const members = [0, 1].map((rank) => buildAssignment({ replicaId: "r1", bundle, rank, worldSize: 2 }));
  controller.assign(members);
  await Promise.all([controller.reached("r1", "ready"), controller.reached("r1.1", "ready")]);
  await appendFile(log("r1.1"), "from the second member\n");
  ask("running");
  expect(await answered("running")).toMatchObject({ done: true, text: "" });
  expect(textOf("running")).toContain('"type":"probe"');
  ask("second", { rank: 1, tailBytes: 1_000 });
  await answered("second");
  expect(textOf("second")).toMatch(/from the second member\n$/);

  ask("follow", { follow: true, tailBytes: 0 });
  // Written until it is heard: what came before the agent began to follow is not.
  await vi.waitFor(
    async () => {
      await appendFile(log("r1"), "a new line\n");
      expect(textOf("follow")).toContain("a new line\n");
    },
    { timeout: 10_000 },
  );
  controller.assign([]);
  // It ends by itself, with the last words.
  await answered("follow");
  expect(textOf("follow")).toContain('"type":"drain"');

  await vi.waitFor(() => expect(agent.output()).toContain("ended and no longer assigned"), { timeout: 15_000 });
  ask("gone");
  expect(await answered("gone")).not.toHaveProperty("error");
  expect(textOf("gone")).toContain("a new line\n");
  await agent.stop("SIGKILL");
  controller.messages.length = 0;
  agent = spawnAgent(entry, node, controller.url);
  await controller.connected();
  ask("later", { tailBytes: 200 });
  await answered("later");
  expect(textOf("later")).toContain('"type":"drain"');
});

test("a follower that is stopped hears no more; an unknown replica is told so", async () => {
  const bundle = controller.addBundle(Buffer.from("a model"));
  controller.assign([buildAssignment({ replicaId: "r1", bundle })]);
  await controller.reached("r1", "ready");
  ask("follow", { follow: true });
  await vi.waitFor(() => expect(textOf("follow")).toContain("probe"), { timeout: 10_000 });
  controller.send({ type: "stop_logs", requestId: "follow" });
  ask("after");
  await answered("after");
  const heard = textOf("follow");
  await appendFile(log("r1"), "nobody listens\n");
  ask("proof");
  await answered("proof");
  expect(textOf("proof")).toContain("nobody listens");
  expect(textOf("follow")).toBe(heard);
  expect(chunks("follow").some(({ done }) => done)).toBe(false);
  for (const replicaId of ["r9", "../r1", ""]) {
    ask(`unknown ${replicaId}`, { replicaId });
    const { error } = await answered(`unknown ${replicaId}`);
    expect(error).toBe(`This node keeps no logs of the replica ${replicaId}.`);
  }
});
