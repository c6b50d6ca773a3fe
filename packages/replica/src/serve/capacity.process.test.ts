import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callHead, connectWire, Encoding, requestAnswer, resultHead, serveWire } from "@sluice/wire";
import type { ClientConnection, WireRequest } from "@sluice/wire";
import { expect, onTestFinished, test } from "vitest";
import { Capacity } from "./capacity.ts";

const call = callHead({ method: "run", encoding: Encoding.bytes });

async function start(max: number) {
  const directory = mkdtempSync(join(tmpdir(), "capacity-"));
  const address = { kind: "unix", path: join(directory, "s.sock") } as const;
  const capacity = new Capacity(max);
  const running: WireRequest[] = [];
  const server = await serveWire(
    address,
    (request) => {
      if (!capacity.take(request.connection)) return request.reject(capacity.ongoing, capacity.max);
      running.push(request);
    },
    {
      onSlotReturned: (connection) => capacity.onSlotReturned(connection),
      onConnectionClosed: (connection) => capacity.onGone(connection),
    },
  );
  onTestFinished(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const finishOne = (): void => {
    running.shift()?.respond(resultHead({ encoding: Encoding.none }));
    capacity.free();
  };
  return { address, capacity, finishOne };
}

/** A caller whose first request is refused; it keeps the slots it is offered. */
async function startWaiter(address: {
  kind: "unix";
  path: string;
}): Promise<{ connection: ClientConnection; slots: number[] }> {
  const slots: number[] = [];
  const connection = await connectWire(address, { onSlot: ({ ongoing }) => slots.push(ongoing) });
  await expect(requestAnswer(connection, call)).rejects.toMatchObject({ code: "rejected" });
  return { connection, slots };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("a slot that was offered to a caller who then went away is offered to the next one", async () => {
  const { address, finishOne } = await start(1);
  const holder = await connectWire(address);
  const answer = requestAnswer(holder, call);
  const first = await startWaiter(address);
  const second = await startWaiter(address);
  finishOne();
  await answer;
  await until("offered to the first", () => first.slots.length === 1);
  expect(second.slots).toEqual([]);
  first.connection.destroy();
  await until("offered to the second", () => second.slots.length === 1);
});

test("a caller who goes away while nothing is free causes no offer", async () => {
  const { address, capacity, finishOne } = await start(1);
  const holder = await connectWire(address);
  const answer = requestAnswer(holder, call);
  const first = await startWaiter(address);
  const second = await startWaiter(address);
  first.connection.destroy();
  // Its end is noticed before the next request of the other waiter is.
  await expect(requestAnswer(second.connection, call)).rejects.toMatchObject({ code: "rejected" });
  expect([second.slots, capacity.ongoing]).toEqual([[], 1]);
  finishOne();
  await answer;
  await until("offered to the one that is left", () => second.slots.length === 1);
});
