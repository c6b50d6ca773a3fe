/** Joining against a controller that is played by a real HTTP server. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { NodeFacts } from "@sluice/contracts";
import { createLogger } from "@sluice/observability";
import { exchangeToken } from "./exchange-token.ts";
import { openNodeAccess } from "./node-access.ts";
import type { NodeAccessOptions } from "./node-access.ts";

const facts: NodeFacts = {
  nodeId: "11111111-1111-4111-8111-111111111111",
  name: "n",
  hostname: "h",
  dataAddress: "local",
  cpus: 1,
  memoryBytes: 1,
  gpus: [],
  custom: {},
  labels: {},
  agentVersion: "1",
  platform: "linux-x64",
};
const problem = (status: number, detail: string) => ({
  status,
  body: { type: "urn:x", title: "x", status, detail, code: "x" },
});

let dir: string;
let asked: string[];
let answers: { status: number; body: unknown }[];
const server = createServer((request, response) => {
  asked.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
  const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: null };
  request.resume().on("end", () => response.writeHead(status).end(JSON.stringify(body)));
});
let url: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-join-"));
  asked = [];
  answers = [{ status: 200, body: { node_id: facts.nodeId, credential: "sln_1" } }];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  await rm(dir, { recursive: true, force: true });
});

const open = (change: Partial<NodeAccessOptions>) =>
  openNodeAccess({
    agentDir: dir,
    join: null,
    controllerUrls: ["http://127.0.0.1:1"],
    clusterSecretFile: null,
    facts,
    logger: createLogger({ name: "agent", level: "silent", format: "json" }),
    ...change,
  });

it("spends the token once, keeps the credential for its owner only, and comes back with it", async () => {
  const first = await open({ join: { urls: [url], token: "slj_a" } });
  expect([first.secret, first.address.current]).toEqual(["sln_1", url]);
  expect(asked).toEqual(["POST /internal/join Bearer slj_a"]);
  const path = join(dir, "credential.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).not.toContain("slj_a");
  const again = await open({ join: { urls: [url], token: "slj_a" } });
  const without = await open({});
  expect([again.secret, without.secret, without.address.current]).toEqual(["sln_1", "sln_1", url]);
  expect(asked).toHaveLength(1);
});

it("joins anew with another token, as after it was removed", async () => {
  await open({ join: { urls: [url], token: "slj_a" } });
  answers = [{ status: 200, body: { node_id: facts.nodeId, credential: "sln_2" } }];
  expect((await open({ join: { urls: [url], token: "slj_b" } })).secret).toBe("sln_2");
  expect((await open({})).secret).toBe("sln_2");
});

it("goes on to the next address when one stands by or is not there, and takes a refusal as final", async () => {
  answers = [problem(503, "This controller stands by."), { status: 200, body: { node_id: "n", credential: "sln_3" } }];
  const told: string[] = [];
  const options = { urls: ["http://127.0.0.1:1", url], token: "slj_a", facts, retryMs: 1, rounds: 3 };
  expect(await exchangeToken({ ...options, onRetry: (reason) => told.push(reason) })).toBe("sln_3");
  expect(told.slice(0, 2)).toEqual([expect.stringContaining("does not answer"), "This controller stands by."]);
  answers = [problem(403, "This join token ran out at noon.")];
  await expect(exchangeToken({ ...options, urls: [url], onRetry: () => undefined })).rejects.toThrow(
    `${url} refuses this node: This join token ran out at noon.`,
  );
});

it("comes back to the controllers that it was told of, but shows them no other secret", async () => {
  const joined = { urls: ["https://a:1"], token: null };
  const credential = { nodeId: facts.nodeId, credential: "sln_1", tokenHash: "", urls: joined.urls };
  await writeFile(join(dir, "credential.json"), JSON.stringify(credential));
  await (await open({ join: joined })).learnControllers(["https://b:1"]);
  const again = await open({});
  again.address.failed();
  expect(again.address.current).toBe("https://b:1");
  const clusterSecretFile = join(dir, "secret");
  await writeFile(clusterSecretFile, "0123456789abcdef\n", { mode: 0o600 });
  const other = await open({ clusterSecretFile, controllerUrls: ["https://y:1"] });
  other.address.failed();
  expect(other.address.current).toBe("https://y:1");
});

it("uses the cluster secret where it has one, and otherwise says what is missing", async () => {
  const clusterSecretFile = join(dir, "secret");
  await writeFile(clusterSecretFile, "0123456789abcdef\n", { mode: 0o600 });
  const access = await open({ clusterSecretFile });
  expect([access.secret, access.address.current]).toEqual(["0123456789abcdef", "http://127.0.0.1:1"]);
  await expect(open({})).rejects.toThrow(/--join and --token/);
  await expect(open({ join: { urls: [url], token: null } })).rejects.toThrow(/give it a --token/);
});
