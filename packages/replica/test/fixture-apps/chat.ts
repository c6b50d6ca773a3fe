import { deployment } from "@sluice/sdk";
import type { ServerWebSocket } from "@sluice/sdk";

/** Says each message back; `break` makes it throw, `bye` makes it end. */
class Chat {
  async websocket(socket: ServerWebSocket, request: Request): Promise<void> {
    await socket.send(`hello ${new URL(request.url).searchParams.get("name") ?? "you"}`);
    for await (const message of socket) {
      if (message === "break") throw new Error("broken on purpose");
      if (message === "bye") return;
      await socket.send(message);
    }
    process.stderr.write("the client left\n");
  }
}

export const app = deployment(Chat).bind();
