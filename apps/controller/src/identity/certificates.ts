/** X.509 certificates of the cluster's authority: ECDSA on P-256, SHA-256. Time comes in as an argument. */
import "reflect-metadata";
import { createPublicKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { SluiceError } from "@sluice/contracts";

type CryptoKey = webcrypto.CryptoKey;

x509.cryptoProvider.set(webcrypto);

/** PEM. The key is PKCS#8. */
export interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Certifies a public key (SPKI, PEM) under a name such as `sluice://node/n1`. Answers PEM. */
  issue(name: string, publicKey: string, nowMs: number, lifetimeMs: number): Promise<string>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const authorityLifetimeMs = 10 * 365 * 24 * 3_600_000;
/** Clocks of machines differ: a certificate holds for those a little behind, too. */
const clockSkewMs = 5 * 60_000;

export async function makeAuthority(nowMs: number): Promise<AuthorityFiles> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Sluice cluster",
    keys,
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter: new Date(nowMs + authorityLifetimeMs),
    signingAlgorithm: algorithm,
    extensions: [
      // It signs certificates of peers, not other authorities.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { certificate: certificate.toString("pem"), key };
}

export async function openAuthority(files: AuthorityFiles): Promise<Authority> {
  const bytes = x509.PemConverter.decodeFirst(files.key);
  const signingKey = await webcrypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
  const issuer = new x509.X509Certificate(files.certificate);
  return {
    certificate: files.certificate,
    issue: async (name, publicKey, nowMs, lifetimeMs) => {
      const certified = await readPublicKey(publicKey);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: "CN=Sluice",
        issuer: issuer.subject,
        notBefore: new Date(nowMs - clockSkewMs),
        notAfter: new Date(nowMs + lifetimeMs),
        signingAlgorithm: algorithm,
        publicKey: certified,
        signingKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          // Who it is stands here alone: a subject has no room for long names.
          new x509.SubjectAlternativeNameExtension([{ type: "url", value: name }], false),
          await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ],
      });
      return certificate.toString("pem");
    },
  };
}

async function readPublicKey(pem: string): Promise<CryptoKey> {
  try {
    const key = createPublicKey({ key: pem, format: "pem", type: "spki" });
    if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("it is not on the curve P-256");
    const spki = key.export({ format: "der", type: "spki" });
    return await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  } catch (cause) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "This is no public key to certify.", cause });
  }
}
