/** A web framework as the ingress, and answers of `fetch()` passed on. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { RunningHost } from "./running-host.ts";

let build: HostBuild;
let bundleDir: string;
let upstream: Server;
let url: string;
const hosts: RunningHost[] = [];

beforeAll(async () => {
  build = await buildHost();
  bundleDir = await prepareApp("hono");
  upstream = createServer((_, response) => {
    const body = gzipSync("the answer of another server");
    response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length, "x-from": "upstream" });
    response.end(body);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  url = encodeURIComponent(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`);
  for (const [deployment, importPath] of [
    ["Hono", "app:app"],
    ["Named", "app:named"],
  ] as const) {
    const hostFile = path.join(build.dir, "host.mjs");
    hosts.push(await RunningHost.start({ hostFile, launch: { bundleDir, deployment, importPath } }));
  }
  for (const host of hosts) await host.ready();
}, 60_000);
afterAll(async () => {
  for (const host of hosts) await host.stop();
  upstream.close();
  await build[Symbol.asyncDispose]();
  await rm(bundleDir, { recursive: true, force: true });
});

describe.each([
  ["an object", 0],
  ["the fetch field of a class", 1],
])("a Hono application as %s", (_, at) => {
  const ask = (method: string, target: string, body?: unknown, headers?: string[]) =>
    (hosts[at] as RunningHost).request(method, target, body, headers === undefined ? {} : { headers });

  it("routes, reads and answers as it does anywhere", async () => {
    expect(await ask("GET", "/app/text/Ada?x=1")).toMatchObject({ status: 200, text: "hello Ada" });
    const json = await ask("POST", "/app/json", { a: [1] }, ["x-agent", "test"]);
    expect(json).toMatchObject({ status: 201, text: '{"got":{"a":[1]},"agent":"test"}' });
    expect(await ask("GET", "/app/stream")).toMatchObject({ status: 200, text: "ab" });
    expect(await ask("GET", "/app/nothing")).toMatchObject({ status: 404, text: "404 Not Found" });
    expect(await ask("GET", "/app/fail")).toMatchObject({ status: 500 });
  });

  it.each(["proxy", "proxy-copy"])("passes on what fetch() decompressed as what it now is (%s)", async (route) => {
    const answer = await ask("GET", `/app/${route}?url=${url}`);
    expect(answer).toMatchObject({ status: 200, text: "the answer of another server" });
    expect(answer.headers).toMatchObject({ "x-from": "upstream" });
    expect(answer.headers).not.toHaveProperty("content-encoding");
    expect(answer.headers).not.toHaveProperty("content-length");
  });
});
