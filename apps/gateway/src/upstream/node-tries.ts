/** Tries now and then whether this gateway reaches the nodes on other machines, and tells what changed. */
import type { ControllerToGateway, NodeReach } from "@sluice/contracts";
import { connectWire, PeerRole, type WireTls } from "@sluice/wire";

export type NodeToTry = Extract<ControllerToGateway, { type: "try_nodes" }>["nodes"][number];

export interface NodeTriesOptions {
  readonly gatewayId: string;
  readonly tlsToNode: (nodeId: string) => Promise<WireTls>;
  /** What was found out about all of them. */
  readonly tell: (nodes: readonly NodeReach[]) => void;
  readonly everyMs?: number;
}

/** With many nodes rounds are further apart: a handshake costs both sides about a millisecond. */
const msPerNode = 100;
const handshakeTimeoutMs = 5_000;

export class NodeTries {
  readonly #options: NodeTriesOptions;
  #nodes: readonly NodeToTry[] = [];
  #reach = new Map<string, string | null>();
  #timer: NodeJS.Timeout | undefined;
  #round = 0;

  constructor(options: NodeTriesOptions) {
    this.#options = options;
  }

  /** Tries them all now, and again from time to time. */
  replace(nodes: readonly NodeToTry[]): void {
    this.#nodes = nodes;
    void this.#tryAll();
  }

  /** To a controller that has not heard it. */
  tellAll(): void {
    if (this.#nodes.length > 0) this.#tell();
  }

  close(): void {
    this.#nodes = [];
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  async #tryAll(): Promise<void> {
    clearTimeout(this.#timer);
    const round = (this.#round += 1);
    const nodes = this.#nodes;
    const tried = await Promise.all(nodes.map(async (node) => [node.nodeId, await this.#tryOne(node)] as const));
    // Others are to be tried meanwhile: their round tells.
    if (round !== this.#round) return;
    const before = this.#reach;
    this.#reach = new Map(tried);
    const isNews = before.size !== tried.length || tried.some(([id, error]) => before.get(id) !== error);
    if (isNews) this.#tell();
    if (nodes.length === 0) return;
    const everyMs = Math.max(this.#options.everyMs ?? 10_000, nodes.length * msPerNode);
    this.#timer = setTimeout(() => void this.#tryAll(), everyMs);
    this.#timer.unref();
  }

  /** Why the node is not reached; null when it is. */
  async #tryOne({ nodeId, address }: NodeToTry): Promise<string | null> {
    try {
      const tls = await this.#options.tlsToNode(nodeId);
      const identity = { role: PeerRole.gateway, peerId: this.#options.gatewayId };
      const connection = await connectWire(address, { ...identity, tls, handshakeTimeoutMs });
      await connection.drain(0);
      return null;
    } catch (error) {
      return wordsFor(error);
    }
  }

  #tell(): void {
    this.#options.tell([...this.#reach].map(([nodeId, error]) => ({ nodeId, error })));
  }
}

const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network unreachable",
  ENOTFOUND: "the name is not known",
  ETIMEDOUT: "no answer",
};

/** The system's own word where there is one for people. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return known[code] ?? error.message;
}
