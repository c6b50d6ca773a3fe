import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { httpRequestHead } from "@sluice/wire";
import type { RunningHost } from "./running-host.ts";

/** Plays the gateway's part in a WebSocket: the upgrade as a request on the wire, and then bytes both ways. */
export async function startUpgradeBridge(host: RunningHost): Promise<{ url: string } & AsyncDisposable> {
  const connection = await host.connect();
  const { application, deployment, revision } = host.launch;
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on("upgrade", (request, socket) => {
    sockets.add(socket);
    const headers = request.rawHeaders.map((part, index) => (index % 2 === 0 ? part.toLowerCase() : part));
    const head = httpRequestHead({
      method: "GET",
      target: request.url ?? "/",
      application,
      deployment,
      revision,
      route: "/app",
      headers,
    });
    const stream = connection.openRequest(head, {
      onHead: (answer) => {
        if (answer.kind !== "http") throw new Error("not an HTTP answer");
        const lines = answer.headers.flatMap((part, at) =>
          at % 2 === 0 ? [`${part}: ${answer.headers[at + 1] ?? ""}`] : [],
        );
        socket.write([`HTTP/1.1 ${String(answer.status)} Answer`, ...lines, "", ""].join("\r\n"));
      },
      onData: (piece) => {
        socket.write(piece);
        return true;
      },
      onEnd: () => socket.end(),
      onReject: () => socket.destroy(),
      onError: () => socket.destroy(),
    });
    socket.on("data", (piece: Buffer) => stream.write(piece));
    socket.on("end", () => stream.end());
    socket.on("close", () => stream.cancel(1, "the client is gone"));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
