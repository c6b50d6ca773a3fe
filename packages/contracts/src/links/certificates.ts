/**
 * Who is who between machines. The leader is the cluster's certificate authority: it certifies public keys, whose private halves
 * never leave the process that made them. Hosts ask through the agent of their node.
 */
import { z } from "zod";

/** What is asked for by message `certify`: this key is mine. Who asks is known by the link. */
export const CertificateAsk = z.object({
  requestId: z.string(),
  /** SPKI in PEM, on the curve P-256. */
  publicKey: z.string().max(1_000),
});
export type CertificateAsk = z.infer<typeof CertificateAsk>;

export const IssuedCertificate = z.object({
  /** PEM. */
  certificate: z.string(),
  /** PEM of the authority: who shows a certificate by it belongs to this cluster. */
  ca: z.string(),
  /** From now on; relative, because clocks of machines differ. */
  lifetimeMs: z.number().positive(),
});
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** Body of message `certified`: a certificate, or why there is none. */
export const CertificateAnswer = z.object({
  requestId: z.string(),
  issued: IssuedCertificate.nullable(),
  error: z.string(),
});
export type CertificateAnswer = z.infer<typeof CertificateAnswer>;

/** The names in certificates, as URIs. */
export const peerNames = {
  node: (nodeId: string): string => `sluice://node/${nodeId}`,
  gateway: (gatewayId: string): string => `sluice://gateway/${gatewayId}`,
  /** A member of a replica by its name; of rank 0, which takes the requests, that is the replica's id. */
  host: (nodeId: string, member: string): string => `sluice://host/${nodeId}/${member}`,
} as const;

/** Gateways, nodes and hosts may talk to each other; the authority certifies nobody else. */
export function isClusterPeer(names: readonly string[]): boolean {
  return names.some((name) => /^sluice:\/\/(?:node|gateway|host)\/./.test(name));
}
