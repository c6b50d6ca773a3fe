import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { startGatewayProcess, type GatewayProcess } from "./processes.ts";

/** The kernel caps what a process asks for; Node's own 511 would do on no machine. */
const clients = Math.min(1_000, Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8")));
let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGatewayProcess();
});
afterAll(() => gateway[Symbol.asyncDispose]());

it("clients that come while the gateway is busy wait in line; none is left to try again", async () => {
  process.kill(gateway.pid, "SIGSTOP");
  const sockets: Socket[] = [];
  try {
    const connected = await Promise.all(
      Array.from({ length: clients }, async () => {
        const socket = connect(gateway.port, "127.0.0.1");
        sockets.push(socket);
        return new Promise<boolean>((resolve) => {
          socket.once("connect", () => resolve(true));
          socket.once("error", () => resolve(false));
          // A client that was not let in tries again after a second.
          setTimeout(() => resolve(false), 800);
        });
      }),
    );
    expect(connected.filter((isIn) => !isIn)).toEqual([]);
  } finally {
    process.kill(gateway.pid, "SIGCONT");
    for (const socket of sockets) socket.destroy();
  }
});
