import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ApiError, createClient } from "../index.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

let seen: Seen[] = [];
let answer: (response: ServerResponse) => void = (response) => response.end("{}");
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    answer(response);
  });
});

beforeEach(async () => {
  seen = [];
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => server.closeAllConnections());

function client() {
  return createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: "secret" });
}

it("sends the token, the generation as ETag, the idempotency key and the spec", async () => {
  answer = (response) => response.end(JSON.stringify({ application: null, plan: plan() }));
  const result = await client().applications.put(
    { name: "hello" },
    { dryRun: true, ifGeneration: 3, idempotencyKey: "k1" },
  );
  expect(result.plan.outcome).toBe("unchanged");
  expect(seen[0]).toMatchObject({
    method: "PUT",
    url: "/api/v1/applications/hello?dry_run=true",
    body: '{"name":"hello"}',
  });
  expect(seen[0]?.headers).toMatchObject({
    authorization: "Bearer secret",
    "if-match": '"3"',
    "idempotency-key": "k1",
    "content-type": "application/json",
  });
});

it("throws the problem body of a refused call, with the fields in the message", async () => {
  answer = (response) => {
    response.statusCode = 422;
    response.end(
      JSON.stringify({
        type: "urn:sluice:error:spec:invalid",
        title: "spec: invalid",
        status: 422,
        detail: "The spec has 1 wrong field.",
        code: "spec/invalid",
        errors: [{ pointer: "#/deployments/0/num_replicas", detail: "At least 1." }],
      }),
    );
  };
  const error = await client()
    .applications.get("a/b")
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 422, code: "spec/invalid" });
  expect((error as ApiError).message).toContain("#/deployments/0/num_replicas: At least 1.");
  expect(seen[0]?.url).toBe("/api/v1/applications/a%2Fb");
});

it("makes an ApiError of an answer that is no problem document", async () => {
  answer = (response) => {
    response.statusCode = 502;
    response.end("<html>bad gateway</html>");
  };
  await expect(client().health()).rejects.toMatchObject({ status: 502, message: /bad gateway/ });
});

it("uploads bundle bytes as they are", async () => {
  answer = (response) => {
    response.statusCode = 415;
    response.end("no");
  };
  await expect(client().bundles.upload("app.zip", new TextEncoder().encode("PK"))).rejects.toBeInstanceOf(ApiError);
  expect(seen[0]).toMatchObject({ method: "POST", url: "/api/v1/bundles?name=app.zip", body: "PK" });
  expect(seen[0]?.headers["content-type"]).toBe("application/zip");
});

it("accepts an empty answer to a delete", async () => {
  answer = (response) => {
    response.statusCode = 204;
    response.end();
  };
  await expect(client().applications.delete("hello")).resolves.toBeUndefined();
});

function plan() {
  return {
    outcome: "unchanged",
    revision: 1,
    stage: "described",
    stage_message: "",
    changes: [],
    deployments: [],
    nodes: [],
    unplaced: [],
    warnings: [],
  };
}
