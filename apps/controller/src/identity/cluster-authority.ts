/**
 * The cluster's authority: made by the first leader that needs it, kept in the database with its key sealed by the cluster
 * secret, so that every controller of the cluster has the same. Nothing is made or read before the first certificate is asked for.
 */
import type { IssuedCertificate } from "@sluice/contracts";
import { fenced, getSetting, saveSetting, type Database } from "@sluice/db";
import { z } from "zod";
import type { Authority, AuthorityFiles } from "./certificates.ts";
import { seal, unseal } from "./seal.ts";

/** Certifies a public key under a name of `peerNames`. Rejects with what may be told to the asker. */
export type IssueCertificate = (name: string, publicKey: string) => Promise<IssuedCertificate>;

export interface ClusterAuthorityOptions {
  readonly database: Database;
  readonly epoch: number;
  readonly projectId: string;
  readonly secret: string;
  readonly lifetimeMs: number;
  readonly now: () => number;
}

const settingKey = "cluster_authority";
const purpose = "cluster authority key";
const StoredAuthority = z.object({ certificate: z.string(), sealedKey: z.string() });

export function issueFromCluster(options: ClusterAuthorityOptions): IssueCertificate {
  let opening: Promise<Authority> | null = null;
  return async (name, publicKey) => {
    opening ??= openClusterAuthority(options);
    const authority = await opening.catch((error: unknown) => {
      // Next time the database may answer.
      opening = null;
      throw error;
    });
    const { now, lifetimeMs } = options;
    return {
      certificate: await authority.issue(name, publicKey, now(), lifetimeMs),
      ca: authority.certificate,
      lifetimeMs,
    };
  };
}

/** One of two leaders that make it at the same time is fenced off. */
async function openClusterAuthority(options: ClusterAuthorityOptions): Promise<Authority> {
  const { database, epoch, projectId, secret, now } = options;
  // Most clusters are one machine and never load this.
  const { makeAuthority, openAuthority } = await import("./certificates.ts");
  const known = await getSetting(database, projectId, settingKey);
  if (known !== undefined) return await openAuthority(openStored(secret, known));
  const fresh = await makeAuthority(now());
  const stored = await fenced(database, epoch, async (tx) => {
    const made = await getSetting(tx, projectId, settingKey);
    if (made !== undefined) return made;
    const value = { certificate: fresh.certificate, sealedKey: seal(secret, purpose, fresh.key) };
    await saveSetting(tx, projectId, settingKey, value);
    return value;
  });
  return await openAuthority(openStored(secret, stored));
}

function openStored(secret: string, value: unknown): AuthorityFiles {
  const { certificate, sealedKey } = StoredAuthority.parse(value);
  try {
    return { certificate, key: unseal(secret, purpose, sealedKey) };
  } catch (cause) {
    throw new Error(
      "The key of the cluster's authority was sealed with another cluster secret. " +
        `Give the controllers that secret; or delete the setting ${settingKey}, then restart all gateways, agents and replicas.`,
      { cause },
    );
  }
}
