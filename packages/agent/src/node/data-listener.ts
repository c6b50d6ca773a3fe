/**
 * Where gateways try whether they reach this node: a listener on its data address that serves nothing. Replicas listen beside it,
 * each on a port of its own.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isClusterPeer } from "@sluice/contracts";
import type { WireAddress } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import { OwnCertificate, PeerRole, RejectCode, serveWire } from "@sluice/wire";
import type { Certified, WireServer } from "@sluice/wire";

export interface DataListenerOptions {
  readonly nodeId: string;
  /** By which others know this machine. */
  readonly dataAddress: string;
  readonly listenAddress: string;
  /** Has a key of the node certified; rejects while no controller answers. */
  readonly certify: (publicKey: string) => Promise<Certified>;
  readonly onListening: () => void;
  readonly logger: Logger;
  readonly retryMs?: number;
}

export class DataListener {
  readonly #options: DataListenerOptions;
  readonly #certificate: OwnCertificate;
  readonly #stopped = new AbortController();
  #server: WireServer | undefined;
  #opening: Promise<void> | undefined;

  constructor(options: DataListenerOptions) {
    const { logger } = options;
    this.#options = options;
    this.#certificate = new OwnCertificate({
      ask: options.certify,
      onRenewed: (own) => this.#server?.renewTls(own),
      onTrouble: (err, retryMs) => logger.warn({ err, retryMs }, "the node's certificate is not renewed yet"),
    });
  }

  /** Null until it listens. */
  get address(): WireAddress | null {
    const listening = this.#server?.address;
    if (listening?.kind !== "tls") return listening ?? null;
    return { ...listening, host: this.#options.dataAddress };
  }

  /** Goes on until it listens; what is in its way is said once. */
  start(): void {
    this.#opening ??= this.#open();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    this.#certificate.close();
    await this.#opening;
    await this.#server?.close();
  }

  async #open(): Promise<void> {
    const { dataAddress, logger, onListening, retryMs = 2_000 } = this.#options;
    let told = "";
    while (!this.#stopped.signal.aborted) {
      try {
        this.#server = await this.#listen();
        return onListening();
      } catch (err) {
        const reason = err instanceof Error ? err.message : String(err);
        if (reason !== told) logger.warn({ reason }, `other machines do not reach this node at ${dataAddress} yet`);
        told = reason;
        await wait(retryMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }

  async #listen(): Promise<WireServer> {
    const { nodeId, listenAddress, logger } = this.#options;
    const tls = await this.#certificate.tls(({ names }) => isClusterPeer(names));
    return await serveWire(
      { kind: "tls", host: listenAddress, port: 0 },
      (request) => request.reject(0, 0, RejectCode.wrongTarget),
      {
        role: PeerRole.replica,
        peerId: nodeId,
        tls,
        onRefused: (reason, remote) => logger.warn({ reason, remote }, "a connection to this node was refused"),
      },
    );
  }
}
