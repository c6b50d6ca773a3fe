import { isSluiceError, type CertificateAnswer, type CertificateAsk } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { IssueCertificate } from "./cluster-authority.ts";

/** Always an answer: a certificate, or why there is none. */
export async function answerAsk(
  issue: IssueCertificate | null,
  name: string,
  { requestId, publicKey }: CertificateAsk,
  logger: Logger,
): Promise<CertificateAnswer> {
  if (issue === null) return { requestId, issued: null, error: "This controller issues no certificates." };
  try {
    const issued = await issue(name, publicKey);
    logger.debug({ name, lifetimeMs: issued.lifetimeMs }, "certificate issued");
    return { requestId, issued, error: "" };
  } catch (error) {
    logger.error({ err: error, name }, "no certificate could be issued");
    return { requestId, issued: null, error: isSluiceError(error) ? error.publicMessage : "The authority failed." };
  }
}
