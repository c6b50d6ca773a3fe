/** From stored facts to a node as people see it. Pure. */
import type { NodeGpuView, NodeView } from "@sluice/contracts";
import type { Node, NodeIntent, Replica } from "@sluice/db";
import { measureNodeUse, mergeLabels } from "@sluice/domain";
import { isoOf } from "../applications/application-views.ts";
import { roomHoldersOf } from "../applications/plan-nodes.ts";

export interface NodeFactsStored {
  readonly node: Node;
  /** Null = nobody asked for anything. */
  readonly intent: NodeIntent | null;
  /** Live replicas of all applications. */
  readonly replicas: readonly Replica[];
  /** Names of applications by id. */
  readonly applications: ReadonlyMap<string, string>;
}

export function nodeViewOf({ node, intent, replicas, applications }: NodeFactsStored): NodeView {
  const { facts, usage } = node;
  const here = replicas.filter((replica) => replica.members.some((member) => member.nodeId === node.id));
  const gpuUuids = facts.gpus.map((gpu) => gpu.uuid);
  const use = measureNodeUse({ nodeId: node.id, gpuUuids }, roomHoldersOf(here));
  const scheduling = intent?.scheduling ?? "open";
  const names = new Set([...Object.keys(facts.custom), ...Object.keys(use.used.custom)]);
  return {
    id: node.id,
    name: node.name,
    hostname: facts.hostname,
    state: node.state,
    state_since: isoOf(node.stateSinceMs),
    reason: node.message,
    scheduling,
    drain: drainOf(node, intent, here.length),
    removed_at: intent === null || intent.removedAtMs === null ? null : isoOf(intent.removedAtMs),
    platform: facts.platform,
    agent_version: facts.agentVersion,
    data_address: facts.dataAddress,
    cpus: facts.cpus,
    cpus_reserved: use.used.cpus,
    cpu_percent: usage?.cpuPercent ?? null,
    memory_bytes: facts.memoryBytes,
    memory_reserved_bytes: use.used.memoryBytes,
    memory_used_bytes: usage?.memoryUsedBytes ?? null,
    gpus: gpuViewsOf(node, here, use.gpus, applications),
    gpus_reserved: use.used.gpus,
    resources: Object.fromEntries(
      [...names].sort().map((name) => [name, { total: facts.custom[name] ?? 0, reserved: use.used.custom[name] ?? 0 }]),
    ),
    labels: mergeLabels(facts.labels, intent?.labels ?? {}),
    reported_labels: { ...facts.labels },
    label_overrides: { ...intent?.labels },
    replicas: here.length,
    last_heartbeat_at: isoOf(node.lastSeenAtMs),
  };
}

/** A node that drains counts from when it did; one that cannot be reached, from when it was asked to. */
function drainOf(node: Node, intent: NodeIntent | null, replicasLeft: number): NodeView["drain"] {
  if (intent?.scheduling !== "draining" || intent.removedAtMs !== null) return null;
  const sinceMs = node.state === "draining" ? node.stateSinceMs : intent.updatedAtMs;
  return { replicas_left: replicasLeft, since: isoOf(sinceMs) };
}

/** The last heartbeat knows memory and utilisation; a node that sent none yet shows what it found at its start. */
function gpuViewsOf(
  node: Node,
  replicas: readonly Replica[],
  used: readonly { readonly uuid: string; readonly used: number }[],
  applications: ReadonlyMap<string, string>,
): NodeGpuView[] {
  const gpus = node.usage?.gpus.length ? node.usage.gpus : node.facts.gpus;
  return gpus.map((gpu) => ({
    ...gpu,
    used_share: used.find(({ uuid }) => uuid === gpu.uuid)?.used ?? 0,
    held_by: replicas.flatMap((replica) =>
      replica.members
        .filter((member) => member.nodeId === node.id && member.assignment.gpuUuids.includes(gpu.uuid))
        .map((member) => ({
          replica_id: replica.id,
          application: applications.get(replica.applicationId) ?? replica.applicationId,
          deployment: replica.deployment,
          share: Math.min(1, member.gpus),
        })),
    ),
  }));
}
