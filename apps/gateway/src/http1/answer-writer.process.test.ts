import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { AnswerWriter } from "./answer-writer.ts";

it("takes little memory for thousands of small pieces that a client does not read, and sends them all in the end", async () => {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.pause();
  const socket = await accepted;
  const writer = new AnswerWriter(socket);
  // More than any kernel takes for a client that does not read.
  const filler = Buffer.alloc(131_072, "f");
  let expectedBytes = 0;
  while (socket.writableLength === 0) {
    writer.raw(filler);
    expectedBytes += filler.length;
    await nextTurn();
  }
  const before = process.memoryUsage().arrayBuffers;
  const piece = Buffer.from("data: one token of an answer\n\n");
  for (let count = 0; count < 3_000; count += 1) {
    writer.raw(piece);
    expectedBytes += piece.length;
    await nextTurn();
  }
  expect((process.memoryUsage().arrayBuffers - before) / 1e6).toBeLessThan(20);
  let receivedBytes = 0;
  client.on("data", (chunk) => (receivedBytes += chunk.length));
  client.resume();
  socket.end();
  await new Promise<void>((resolve) => client.once("close", () => resolve()));
  expect(receivedBytes).toBe(expectedBytes);
  server.close();
});
