/** What this agent shows to controllers, and where it finds them. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NodeFacts } from "@sluice/contracts";
import { ConfigError, ControllerAddress, readClusterSecret } from "@sluice/observability";
import type { Logger } from "@sluice/observability";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";
import { exchangeToken } from "./exchange-token.ts";
import type { JoinConfig } from "./join-config.ts";
import { KnownControllers } from "./known-controllers.ts";

export interface NodeAccess {
  /** Cluster secret, or the node's own credential. */
  readonly secret: string;
  readonly address: ControllerAddress;
  /** A leader says where controllers are. */
  readonly learnControllers: (urls: readonly string[]) => Promise<void>;
}

export interface NodeAccessOptions {
  readonly agentDir: string;
  readonly join: JoinConfig | null;
  /** Of an agent that does not join. */
  readonly controllerUrls: readonly string[];
  readonly clusterSecretFile: string | null;
  readonly facts: NodeFacts;
  readonly logger: Logger;
}

/** Kept for its owner only. The hash tells a new token from the one that was spent. */
const CredentialFile = z.object({
  nodeId: z.string(),
  credential: z.string(),
  tokenHash: z.string(),
  urls: z.array(z.string()).min(1),
});

/**
 * A node that joined once comes back with its credential, also without `--join`; another token than the one it was made with
 * makes it join anew. An agent with the cluster secret needs no credential.
 */
export async function openNodeAccess(options: NodeAccessOptions): Promise<NodeAccess> {
  const { agentDir, join: wanted, clusterSecretFile, facts, logger } = options;
  const accessTo = async (urls: readonly string[], secret: string): Promise<NodeAccess> => {
    const address = new ControllerAddress(urls);
    const controllers = new KnownControllers(agentDir, secret, logger);
    await controllers.recall(address);
    return { secret, address, learnControllers: (told) => controllers.learn(address, told) };
  };
  if (wanted === null && clusterSecretFile !== null) {
    return await accessTo(options.controllerUrls, await readClusterSecret(clusterSecretFile));
  }
  const path = join(agentDir, "credential.json");
  const kept = await readJsonFile(path, CredentialFile);
  const isMine = kept?.nodeId === facts.nodeId;
  const isSpent = wanted === null || wanted.token === null || hashOf(wanted.token) === kept?.tokenHash;
  if (kept !== undefined && isMine && isSpent) {
    return await accessTo(wanted?.urls ?? kept.urls, kept.credential);
  }
  if (wanted === null || wanted.token === null) throw needsToken(wanted);
  const { urls, token } = wanted;
  const credential = await exchangeToken({
    urls,
    token,
    facts,
    onRetry: (reason) => logger.warn({ reason }, "not joined yet, trying again"),
  });
  const file = { nodeId: facts.nodeId, credential, tokenHash: hashOf(token), urls };
  await writeFileAtomically(path, `${JSON.stringify(file)}\n`);
  logger.info({ nodeId: facts.nodeId }, "this node has joined");
  return await accessTo(urls, credential);
}

function needsToken(wanted: JoinConfig | null): ConfigError {
  return wanted === null
    ? new ConfigError(
        "This agent has nothing to show to a controller. Give it --join and --token (sluice nodes token makes one), or SLUICE_CLUSTER_SECRET_FILE on the controller's own machine.",
      )
    : new ConfigError("This node has not joined yet: give it a --token. Make one: sluice nodes token");
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
