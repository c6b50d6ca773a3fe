import { expect, test } from "vitest";
import { Encoding, resultHead } from "./index.ts";
import type { WireRequest } from "./index.ts";
import { call, connect, send, startServer, until } from "../test/test-peers.ts";

test("an answer given while the socket is full is not lost when the listener drains", async () => {
  const held: WireRequest[] = [];
  const server = await startServer((request) => void held.push(request));
  const connection = await connect(server.path, { streamWindowBytes: 32_000_000, connectionWindowBytes: 64_000_000 });
  const large = send(connection, call("large"));
  const small = send(connection, call("small"));
  await until("both requests arrived", () => held.length === 2);
  // One turn of the loop: the client reads nothing meanwhile, so the socket cannot take the large answer whole.
  held[0]?.respond(resultHead({ encoding: Encoding.bytes }), Buffer.alloc(20_000_000, 1));
  expect(held[0]?.connection.unsentBytes).toBeGreaterThan(1_000_000);
  const drained = server.drain(10_000);
  held[1]?.respond(resultHead({ encoding: Encoding.bytes }), Buffer.from("small"));
  const results = await Promise.all([large.finished, small.finished]);
  expect(results.map((result) => (result.kind === "end" ? result.body.length : result))).toEqual([20_000_000, 5]);
  await drained;
});
