import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import path from "node:path";
import { HostMessage } from "@sluice/contracts";
import type { AgentToHost } from "@sluice/contracts";
import { eventually } from "./eventually.ts";

/** The agent's end of the host link and nothing else: it records what the host says and sends what the test wants. */
export class FakeAgent {
  readonly messages: HostMessage[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(runDir: string): Promise<FakeAgent> {
    const agent: FakeAgent = new FakeAgent(createServer((socket) => agent.#onSocket(socket)));
    await new Promise<void>((resolve) => agent.#server.listen(path.join(runDir, "agent.sock"), resolve));
    return agent;
  }

  send(message: AgentToHost): void {
    for (const socket of this.#sockets) socket.write(`${JSON.stringify(message)}\n`);
  }

  /** The first message of this type (that fits), also one that came earlier. */
  async waitFor<T extends HostMessage["type"]>(
    type: T,
    fits: (message: Extract<HostMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<HostMessage, { type: T }>> {
    return eventually(`message ${type}`, () =>
      this.messages.find(
        (message): message is Extract<HostMessage, { type: T }> =>
          message.type === type && fits(message as Extract<HostMessage, { type: T }>),
      ),
    );
  }

  /** Cuts the links; hosts redial. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #onSocket(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = "";
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.messages.push(HostMessage.parse(JSON.parse(line)));
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
