import type { Backend } from "@sluice/contracts";
import { connectWire, PeerRole, WireError } from "@sluice/wire";
import type { ClientConnection, Slot, WireTls } from "@sluice/wire";

export interface ConnectionEvents {
  onSlot(replicaId: string, slot: Slot, connection: ClientConnection): void;
  onModels(replicaId: string, modelIds: readonly string[]): void;
  onClose(replicaId: string): void;
  readonly tlsTo: TlsTo;
}

/** What this process shows to a replica on another machine. Rejects when it has nothing to show. */
export type TlsTo = (backend: Backend) => Promise<WireTls>;

export const noTls: TlsTo = () => Promise.reject(new Error("this process has no certificate"));

/** One connection per replica, dialled on first use and again after it was lost. */
export class WireConnections {
  readonly #peerId: string;
  readonly #events: ConnectionEvents;
  readonly #open = new Map<string, ClientConnection>();
  readonly #dialling = new Map<string, Promise<ClientConnection>>();

  constructor(peerId: string, events: ConnectionEvents) {
    this.#peerId = peerId;
    this.#events = events;
  }

  /** The open connection, at once; undefined: `dial`. */
  openTo(replicaId: string): ClientConnection | undefined {
    return this.#open.get(replicaId);
  }

  /** Rejects with a WireError of outcome `safe` when the replica cannot be reached. Calls at the same time share a dial. */
  async dial(backend: Backend): Promise<ClientConnection> {
    const { replicaId } = backend;
    const known = this.#dialling.get(replicaId);
    if (known !== undefined) return known;
    const dialling = this.#dial(backend).finally(() => this.#dialling.delete(replicaId));
    this.#dialling.set(replicaId, dialling);
    return dialling;
  }

  /** Closes every connection after its open requests. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#dialling.values());
    for (const connection of this.#open.values()) void connection.drain(0);
  }

  async #dial(backend: Backend): Promise<ClientConnection> {
    const { replicaId } = backend;
    if (backend.kind !== "wire") throw new WireError("connect_failed", "handles call wire replicas only", "safe");
    const tls = backend.address.kind === "tls" ? await this.#tlsTo(backend) : undefined;
    let isGone = false;
    const forget = (): void => {
      isGone = true;
      if (this.#open.get(replicaId) === connection) this.#open.delete(replicaId);
    };
    let connection: ClientConnection | undefined = undefined;
    connection = await connectWire(backend.address, {
      role: PeerRole.replica,
      peerId: this.#peerId,
      ...(tls === undefined ? {} : { tls }),
      onSlot: (slot) => {
        if (connection !== undefined) this.#events.onSlot(replicaId, slot, connection);
      },
      onModels: (modelIds) => this.#events.onModels(replicaId, modelIds),
      onGoaway: forget,
      onClose: () => {
        forget();
        this.#events.onClose(replicaId);
      },
    });
    if (!isGone) this.#open.set(replicaId, connection);
    return connection;
  }

  async #tlsTo(backend: Backend): Promise<WireTls> {
    try {
      return await this.#events.tlsTo(backend);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new WireError("connect_failed", `no certificate to show to another machine: ${reason}`, "safe", error);
    }
  }
}
