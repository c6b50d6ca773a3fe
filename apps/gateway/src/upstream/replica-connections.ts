/**
 * One multiplexed connection per replica, dialled at its first request and kept while a slice names the replica. A connection
 * that ends is forgotten, so the next request dials anew.
 */
import type { Backend } from "@sluice/contracts";
import { connectWire, PeerRole, WireError, type ClientConnection, type Slot, type WireTls } from "@sluice/wire";

export interface ConnectionEvents {
  /** A slot of the replica is free. False when nothing waits here, then it is given back. */
  readonly onSlot: (replicaId: string) => boolean;
  readonly onLost: (replicaId: string, error: WireError | undefined) => void;
  readonly onConnected: (replicaId: string) => void;
  /** The replica told which models it holds (multiplexing). */
  readonly onModels: (replicaId: string, modelIds: readonly string[]) => void;
  /** What is shown to a replica on another machine. */
  readonly tlsTo: (backend: Backend) => Promise<WireTls>;
}

interface Upstream {
  connection: ClientConnection | null;
  dialling: Promise<ClientConnection> | null;
}

export class ReplicaConnections {
  readonly #gatewayId: string;
  readonly #events: ConnectionEvents;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(gatewayId: string, events: ConnectionEvents) {
    this.#gatewayId = gatewayId;
    this.#events = events;
  }

  /** The open connection, or undefined: then `dial`. Synchronous, for the hot path. */
  open(replicaId: string): ClientConnection | undefined {
    const connection = this.#upstreams.get(replicaId)?.connection;
    return connection?.isAccepting === true ? connection : undefined;
  }

  /** Connects, once for all callers that ask meanwhile. Rejects with a `safe` WireError. */
  dial(backend: Backend): Promise<ClientConnection> {
    const upstream = this.#upstreams.get(backend.replicaId) ?? { connection: null, dialling: null };
    this.#upstreams.set(backend.replicaId, upstream);
    if (upstream.connection?.isAccepting === true) return Promise.resolve(upstream.connection);
    upstream.dialling ??= this.#connect(backend, upstream).finally(() => (upstream.dialling = null));
    return upstream.dialling;
  }

  /** Lets go of replicas that no slice names: what runs on them finishes. */
  retain(replicaIds: ReadonlySet<string>): void {
    for (const [replicaId, upstream] of this.#upstreams) {
      if (replicaIds.has(replicaId)) continue;
      this.#upstreams.delete(replicaId);
      if (upstream.connection !== null) void upstream.connection.drain();
    }
  }

  /** Ends all connections after their running requests. */
  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map(async (upstream) => upstream.connection?.drain()));
  }

  async #connect(backend: Backend, upstream: Upstream): Promise<ClientConnection> {
    if (backend.kind !== "wire") {
      throw new WireError("connect_failed", `backend kind ${backend.kind} cannot be reached yet`, "safe");
    }
    const { replicaId } = backend;
    const tls = backend.address.kind === "tls" ? await this.#events.tlsTo(backend) : undefined;
    const connection: ClientConnection = await connectWire(backend.address, {
      role: PeerRole.gateway,
      peerId: this.#gatewayId,
      ...(tls === undefined ? {} : { tls }),
      onSlot: (slot: Slot) => {
        if (!this.#events.onSlot(replicaId)) connection.returnSlot(slot);
      },
      onModels: (modelIds) => this.#events.onModels(replicaId, modelIds),
      onClose: (error) => {
        if (upstream.connection === connection) upstream.connection = null;
        this.#events.onLost(replicaId, error);
      },
    });
    upstream.connection = connection;
    this.#events.onConnected(replicaId);
    return connection;
  }
}
