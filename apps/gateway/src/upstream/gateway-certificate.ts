/**
 * What this gateway shows to replicas on other machines. Asked for when the first such replica is known; kept on disk, so that a
 * gateway that starts without a controller reaches them.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { peerNames, type Backend, type CertificateAnswer, type CertificateAsk } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import { CertificateAsks, OwnCertificate, WireError, type WireTls } from "@sluice/wire";

const KeptCertificate = z.object({
  key: z.string(),
  cert: z.string(),
  ca: z.string(),
  renewAtMs: z.number(),
  expiresAtMs: z.number(),
});
type KeptCertificate = z.infer<typeof KeptCertificate>;

export class GatewayCertificate {
  /** Puts a question on the link to the controller; false while none that certifies is there. */
  send: (ask: CertificateAsk) => boolean = () => false;
  readonly #asks = new CertificateAsks();
  readonly #own: OwnCertificate;

  private constructor(stateDir: string, kept: KeptCertificate | undefined, logger: Logger) {
    this.#own = new OwnCertificate({
      kept,
      ask: (publicKey) => this.#asks.ask(publicKey, (ask) => this.send(ask)),
      onRenewed: (own) => {
        saveKept(stateDir, own).catch((err: unknown) => logger.warn({ err }, "the certificate was not kept on disk"));
      },
      onTrouble: (err, retryMs) => logger.warn({ err, retryMs }, "the gateway's certificate is not renewed yet"),
    });
  }

  static async open(stateDir: string, logger: Logger): Promise<GatewayCertificate> {
    return new GatewayCertificate(stateDir, await loadKept(stateDir), logger);
  }

  settle(answer: CertificateAnswer): void {
    this.#asks.settle(answer);
  }

  /** To call exactly this replica. */
  tlsTo({ nodeId, replicaId }: Backend): Promise<WireTls> {
    return this.#tls(peerNames.host(nodeId, replicaId));
  }

  tlsToNode(nodeId: string): Promise<WireTls> {
    return this.#tls(peerNames.node(nodeId));
  }

  close(): void {
    this.#own.close();
  }

  async #tls(name: string): Promise<WireTls> {
    try {
      return await this.#own.tls(({ names }) => names.includes(name));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new WireError("connect_failed", `this gateway has no certificate: ${reason}`, "safe", error);
    }
  }
}

const pathIn = (stateDir: string): string => join(stateDir, "certificate.json");

/** One that cannot be read is asked for anew. */
async function loadKept(stateDir: string): Promise<KeptCertificate | undefined> {
  const text = await readFile(pathIn(stateDir), "utf8").catch(() => null);
  if (text === null) return undefined;
  try {
    return KeptCertificate.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function saveKept(stateDir: string, own: KeptCertificate): Promise<void> {
  const draft = `${pathIn(stateDir)}.new`;
  await writeFile(draft, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  await rename(draft, pathIn(stateDir));
}
