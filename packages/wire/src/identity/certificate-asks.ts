import { randomUUID } from "node:crypto";
import type { CertificateAnswer, CertificateAsk } from "@sluice/contracts";
import type { Certified } from "./own-certificate.ts";

/** Questions for certificates over a link, each answered, or given up after a while. */
export class CertificateAsks {
  readonly #timeoutMs: number;
  readonly #open = new Map<string, (answer: CertificateAnswer) => void>();

  constructor(timeoutMs = 10_000) {
    this.#timeoutMs = timeoutMs;
  }

  /** `send` answers false when nobody can be asked now. Rejects with the reason why there is no certificate. */
  async ask(publicKey: string, send: (ask: CertificateAsk) => boolean): Promise<Certified> {
    const requestId = randomUUID();
    const answer = await new Promise<CertificateAnswer>((resolve) => {
      const refuse = (error: string): void => this.settle({ requestId, issued: null, error });
      const timer = setTimeout(() => refuse("no certificate came in time"), this.#timeoutMs);
      this.#open.set(requestId, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      if (!send({ requestId, publicKey })) refuse("no controller that certifies can be asked now");
    });
    if (answer.issued === null) throw new Error(answer.error);
    return answer.issued;
  }

  /** Answers to questions that were given up change nothing. */
  settle(answer: CertificateAnswer): void {
    const settle = this.#open.get(answer.requestId);
    this.#open.delete(answer.requestId);
    settle?.(answer);
  }
}
