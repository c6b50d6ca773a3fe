/** The listener over real sockets: what never reaches the pages, and how it stops. */
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterEach, expect, it } from "vitest";
import { createLogger, createRegistry } from "@sluice/observability";
import { localAdminOnly } from "../../test/local-admin-only.ts";
import { startGuardedServer } from "./guarded-server.ts";
import type { GuardedServer, GuardedServerOptions } from "./guarded-server.ts";

let server: GuardedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(handle: GuardedServerOptions["handle"]): Promise<GuardedServer> {
  server = await startGuardedServer({
    host: "127.0.0.1",
    port: 0,
    allowedHosts: ["localhost", "127.0.0.1"],
    metrics: createRegistry({ defaultMetrics: false }),
    authenticator: localAdminOnly,
    logger: createLogger({ name: "test", level: "silent", format: "json" }),
    handle,
  });
  return server;
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ answer: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ answer, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

it("lets nothing through to the pages under a foreign Host or Origin, whatever the path", async () => {
  const reached: string[] = [];
  const { port } = await start(async (request, response) => {
    reached.push(request.url ?? "");
    response.end("page");
  });
  for (const path of ["/", "/api/v1/nodes", "/metrics", "/_next/x.js"]) {
    expect((await send(port, "GET", path, { host: "evil.example" })).answer.statusCode, path).toBe(421);
    const foreign = await send(port, "GET", path, { host: "localhost", origin: "http://evil.example" });
    expect([foreign.answer.statusCode, foreign.answer.headers["content-type"]], path).toEqual([
      403,
      "application/problem+json",
    ]);
  }
  expect(reached).toEqual([]);
  const own = await send(port, "GET", "/", { host: `localhost:${port}` });
  expect([own.text, own.answer.headers["x-frame-options"]]).toEqual(["page", "DENY"]);
});

it("counts what it refused at /metrics", async () => {
  const { port } = await start(async (_, response) => void response.end("page"));
  await send(port, "GET", "/", { host: "evil.example" });
  const { text } = await send(port, "GET", "/metrics", { host: "localhost" });
  expect(text).toContain('sluice_web_refused_requests_total{code="request/unknown_host"} 1');
});

it("answers a plain 500 problem when a page throws, without its text", async () => {
  const { port } = await start(async () => {
    throw new Error("a secret detail");
  });
  const { answer, text } = await send(port, "GET", "/", { host: "localhost" });
  expect(answer.statusCode).toBe(500);
  expect(text).not.toContain("secret");
});

it("stops while a stream is open, and lets a running request finish", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const running = await start(async (_, response) => {
    begun();
    await held;
    response.end("done");
  });
  const answering = send(running.port, "GET", "/", { host: "localhost", connection: "close" });
  await started;
  const closing = running.close();
  release();
  expect((await answering).text).toBe("done");
  await closing;
  server = undefined;
});

it("says which setting to change when its port is taken", async () => {
  const { port } = await start(async (_, response) => void response.end());
  await expect(
    startGuardedServer({
      host: "127.0.0.1",
      port,
      allowedHosts: [],
      metrics: createRegistry({ defaultMetrics: false }),
      authenticator: localAdminOnly,
      logger: createLogger({ name: "test", level: "silent", format: "json" }),
      handle: async () => undefined,
    }),
  ).rejects.toThrow(/SLUICE_WEB_PORT/);
});
