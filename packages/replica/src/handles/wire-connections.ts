import type { Backend } from "@sluice/contracts";
import { connectWire, PeerRole, WireError } from "@sluice/wire";
import type { ClientConnection, Slot } from "@sluice/wire";

export interface ConnectionEvents {
  onSlot(replicaId: string, slot: Slot, connection: ClientConnection): void;
  onClose(replicaId: string): void;
}

/** One connection per replica, dialled on first use and again after it was lost. */
export class WireConnections {
  readonly #peerId: string;
  readonly #events: ConnectionEvents;
  readonly #byReplica = new Map<string, Promise<ClientConnection>>();

  constructor(peerId: string, events: ConnectionEvents) {
    this.#peerId = peerId;
    this.#events = events;
  }

  /** Rejects with a WireError of outcome `safe` when the replica cannot be reached. */
  async to(backend: Backend): Promise<ClientConnection> {
    const { replicaId } = backend;
    const known = this.#byReplica.get(replicaId);
    if (known !== undefined) return known;
    if (backend.kind !== "wire") throw new WireError("connect_failed", "handles call wire replicas only", "safe");
    const forget = (): void => void this.#byReplica.delete(replicaId);
    const dialling: Promise<ClientConnection> = connectWire(backend.address, {
      role: PeerRole.replica,
      peerId: this.#peerId,
      onSlot: (slot) => void dialling.then((connection) => this.#events.onSlot(replicaId, slot, connection)),
      onGoaway: forget,
      onClose: () => {
        forget();
        this.#events.onClose(replicaId);
      },
    });
    this.#byReplica.set(replicaId, dialling);
    try {
      return await dialling;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Closes every connection after its open requests. */
  async close(): Promise<void> {
    const dialled = await Promise.allSettled(this.#byReplica.values());
    for (const one of dialled) if (one.status === "fulfilled") void one.value.drain(0);
  }
}
