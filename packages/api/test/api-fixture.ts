/** The API on a real database behind a real HTTP server; only the controller and the gateway are played by the test. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { BundleDescription, DescribeAnswer, DescribeRequest } from "@sluice/contracts";
import { completeRevision, defaultProjectId, listRevisionsInStage, openDatabase, writeBundle } from "@sluice/db";
import type { Bundle, Database } from "@sluice/db";
import { testDatabase } from "@sluice/testkit";
import { createAuthenticator } from "../src/access/authenticate.ts";
import { localAdmin } from "../src/access/principal.ts";
import type { Principal } from "../src/access/principal.ts";
import { judgeRequest } from "../src/http/judge-request.ts";
import { problemResponse } from "../src/http/problem-response.ts";
import type { ApiDeps } from "../src/ports/api-deps.ts";
import { createRestHandler } from "../src/rest/rest-handler.ts";
import { createTrpcHandler } from "../src/trpc/trpc-handler.ts";
import type { ApiUseCases } from "../src/use-cases/api-use-cases.ts";
import { bindUseCases } from "../src/use-cases/bind-use-cases.ts";

export interface ApiFixture extends AsyncDisposable {
  readonly api: ApiUseCases;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly admin: Principal;
  /** What the next describe answers; the default is that no controller leads. */
  describe: (request: DescribeRequest) => Promise<DescribeAnswer>;
  readonly described: DescribeRequest[];
  /** What the controller answers to who asks for a log; the default is that none leads. */
  readLogs: ApiDeps["controller"]["readLogs"];
  readonly sent: { path: string; headers: Readonly<Record<string, string>> }[];
  change(applicationId: string | null): void;
  /** Stores a bundle without going through an upload. */
  storeBundle(kind: "zip" | "file", files?: readonly string[]): Promise<Bundle>;
  /** Plays the controller: every revision that waits is described as this. */
  completeAll(description: BundleDescription): Promise<number>;
  listen(options?: { adminToken?: string }): Promise<TestServer>;
}

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

export const codeDescription: BundleDescription = {
  ingress: "Api",
  deployments: [
    {
      options: { name: "Api", runtime: "node", ray_actor_options: { num_cpus: 0.5 } },
      outbound: ["Model"],
      methods: ["fetch"],
      hooks: [],
    },
    {
      options: { name: "Model", runtime: "node", num_replicas: 2 },
      outbound: [],
      methods: ["call"],
      hooks: ["reconfigure"],
    },
  ],
};

export const modelDescription: BundleDescription = {
  ingress: "model",
  deployments: [
    {
      options: { name: "model", runtime: "onnx", ray_actor_options: { num_cpus: 0.25 } },
      outbound: [],
      methods: ["infer"],
      inputs: [{ name: "x", datatype: "FP32", shape: ["batch", 64] }],
      outputs: [{ name: "y", datatype: "FP32", shape: ["batch", 10] }],
    },
  ],
};

export async function startApi(): Promise<ApiFixture> {
  const database = await testDatabase();
  const db = openDatabase({ url: database.url });
  const uploadDir = await mkdtemp(path.join(tmpdir(), "sluice-api-test-"));
  const listeners = new Set<(applicationId: string | null) => void>();
  const described: DescribeRequest[] = [];
  const sent: ApiFixture["sent"] = [];
  const deps: ApiDeps = {
    db,
    projectId: defaultProjectId,
    controller: {
      describe: (request) => {
        described.push(request);
        return fixture.describe(request);
      },
      readLogs: (call, signal) => fixture.readLogs(call, signal),
      joinUrls: () => Promise.resolve(["http://controller.test:8266"]),
      autoscaling: () => Promise.resolve(null),
    },
    gateway: {
      url: "http://gateway.test:8000",
      send: async ({ path: sentPath, headers }) => {
        sent.push({ path: sentPath, headers });
        return { status: 200, headers: {}, body: { encoding: "text", data: "ok" }, duration_ms: 1 };
      },
    },
    clock: {
      nowMs: () => Date.now(),
      sleep: async (ms, signal) => void (await delay(ms, undefined, { signal }).catch(() => undefined)),
    },
    changes: {
      subscribe: (onChange) => {
        listeners.add(onChange);
        return () => void listeners.delete(onChange);
      },
    },
    uploadDir,
    version: "1.2.3",
  };
  const api = bindUseCases(deps);
  const fixture: ApiFixture = {
    api,
    db,
    databaseUrl: database.url,
    admin: localAdmin,
    describe: async () => ({ result: null, reason: "No controller leads at the moment." }),
    described,
    readLogs: () => Promise.resolve({ ok: false, status: 503, reason: "No controller leads at the moment." }),
    sent,
    change: (applicationId) => listeners.forEach((listener) => listener(applicationId)),
    async storeBundle(kind, files = ["app.ts"]) {
      const content = Readable.from([Buffer.from(randomUUID())]);
      const input = { projectId: defaultProjectId, name: `${kind}-${randomUUID()}`, kind, createdBy: "test" };
      const { bundle } = await writeBundle(
        db,
        { ...input, files: files.map((file) => ({ path: file, sizeBytes: 1 })) },
        content,
      );
      return bundle;
    },
    async completeAll(description) {
      const waiting = await listRevisionsInStage(db, "describing");
      for (const revision of waiting) {
        await db.transaction((tx) => completeRevision(tx, revision, { ok: true, description }));
      }
      return waiting.length;
    },
    listen: (options) => listen(deps, api, options?.adminToken ?? null),
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
      await rm(uploadDir, { recursive: true, force: true });
    },
  };
  return fixture;
}

async function listen(deps: ApiDeps, api: ApiUseCases, adminToken: string | null): Promise<TestServer> {
  const authenticator = createAuthenticator({ db: deps.db, adminToken, nowMs: deps.clock.nowMs });
  const failures: unknown[] = [];
  const options = { api, authenticator, newId: randomUUID, onFailure: (error: unknown) => void failures.push(error) };
  const rest = createRestHandler({ ...options, db: deps.db, projectId: deps.projectId, version: deps.version });
  const trpc = createTrpcHandler(options);
  const server = createServer((request, response) => {
    void answer(request, response, (given) => (given.url.includes("/api/trpc/") ? trpc(given) : rest(given)));
  });
  // Longer than any pause of a test, so that no pooled connection is closed under a request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  const { headers, method = "GET" } = request;
  const head = {
    method,
    host: headers.host,
    origin: headers.origin,
    fetchSite: String(headers["sec-fetch-site"] ?? ""),
    contentType: headers["content-type"],
    authorization: headers.authorization,
  };
  const refusal = judgeRequest(head, ["127.0.0.1", "localhost"]);
  const hasBody = method !== "GET" && method !== "HEAD";
  const given = (): Request =>
    new Request(`http://${headers.host ?? "localhost"}${request.url ?? "/"}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
      ...(hasBody ? { body: Readable.toWeb(request), duplex: "half" } : {}),
    });
  const result = refusal === null ? await handle(given()) : problemResponse(refusal, "test");
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (result.body === null) response.end();
  else {
    const body = Readable.fromWeb(result.body);
    response.once("close", () => body.destroy());
    body.pipe(response);
  }
}
