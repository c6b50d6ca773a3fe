/** The certificate of this process: asked for when it is needed first, renewed at half of its life, with a fresh key each time. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { PeerIdentity, WireTls } from "../tls.ts";

/** What an authority answers. PEM. */
export type Certified = { readonly certificate: string; readonly ca: string; readonly lifetimeMs: number };

/** A key with its certificate. The key stays with its owner. */
export type KeyWithCertificate = {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** Wall-clock ms of this machine. */
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
};

export type OwnCertificateOptions = {
  /** Has the authority certify a public key (SPKI, PEM). Rejects when it cannot be had now. */
  readonly ask: (publicKey: string) => Promise<Certified>;
  /** From an earlier life. */
  readonly kept?: KeyWithCertificate | undefined;
  readonly onRenewed?: (own: KeyWithCertificate) => void;
  /** A renewal failed; it is tried again after `retryMs`. */
  readonly onTrouble?: (error: Error, retryMs: number) => void;
  readonly now?: () => number;
};

const makeKeyPair = promisify(generateKeyPair);
/** At half of its life there is as long again to find a controller. */
const renewShare = 0.5;
const maxTimerMs = 2 ** 31 - 1;

export class OwnCertificate {
  readonly #options: OwnCertificateOptions;
  readonly #now: () => number;
  #own: KeyWithCertificate | undefined;
  #asking: Promise<KeyWithCertificate> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: OwnCertificateOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#own = options.kept;
    if (this.#own !== undefined) this.#renewAt(this.#own.renewAtMs);
  }

  /** One that holds: the one there is, or a new one. */
  async get(): Promise<KeyWithCertificate> {
    return this.#own !== undefined && this.#now() < this.#own.expiresAtMs ? this.#own : await this.#askOnce();
  }

  /** For a connection, or a listener, that talks to whom `isAllowed` admits. */
  async tls(isAllowed: (peer: PeerIdentity) => boolean): Promise<WireTls> {
    const { key, cert, ca } = await this.get();
    return { key, cert, ca, isAllowed };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askOnce(): Promise<KeyWithCertificate> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<KeyWithCertificate> {
    const pair = await makeKeyPair("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const { certificate, ca, lifetimeMs } = await this.#options.ask(pair.publicKey);
    const atMs = this.#now();
    const own: KeyWithCertificate = {
      key: pair.privateKey,
      cert: certificate,
      ca,
      renewAtMs: atMs + lifetimeMs * renewShare,
      expiresAtMs: atMs + lifetimeMs,
    };
    this.#own = own;
    this.#renewAt(own.renewAtMs);
    this.#options.onRenewed?.(own);
    return own;
  }

  #renewAt(atMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const waitMs = Math.min(maxTimerMs, Math.max(0, atMs - this.#now()));
    this.#timer = setTimeout(() => void this.#renew(), waitMs);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    try {
      await this.#askOnce();
    } catch (error) {
      const leftMs = (this.#own?.expiresAtMs ?? 0) - this.#now();
      const retryMs = Math.min(60_000, Math.max(1_000, leftMs / 20));
      this.#options.onTrouble?.(error instanceof Error ? error : new Error(String(error)), retryMs);
      this.#renewAt(this.#now() + retryMs);
    }
  }
}
