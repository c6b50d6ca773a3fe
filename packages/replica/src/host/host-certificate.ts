/** The certificate of this host, by way of its agent: to be called from other machines, and to call replicas there. */
import { peerNames } from "@sluice/contracts";
import type { Backend, CertificateAnswer, HostMessage } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import { CertificateAsks, OwnCertificate } from "@sluice/wire";
import type { KeyWithCertificate, WireTls } from "@sluice/wire";

export interface HostCertificateOptions {
  /** False without an agent. */
  readonly send: (message: HostMessage) => boolean;
  readonly logger: Logger;
  readonly onRenewed: (own: KeyWithCertificate) => void;
}

/** Longer than the agent waits for the controller, whose reason is the better one. */
const answerTimeoutMs = 12_000;

export class HostCertificate {
  readonly own: OwnCertificate;
  readonly #asks = new CertificateAsks(answerTimeoutMs);

  constructor({ send, logger, onRenewed }: HostCertificateOptions) {
    this.own = new OwnCertificate({
      ask: (publicKey) => this.#asks.ask(publicKey, (ask) => send({ type: "certify", ...ask })),
      onRenewed,
      onTrouble: (err, retryMs) => logger.warn({ err, retryMs }, "the replica's certificate is not renewed yet"),
    });
  }

  settle(answer: CertificateAnswer): void {
    this.#asks.settle(answer);
  }

  /** To call exactly this replica. */
  tlsTo({ nodeId, replicaId }: Backend): Promise<WireTls> {
    const name = peerNames.host(nodeId, replicaId);
    return this.own.tls(({ names }) => names.includes(name));
  }
}
