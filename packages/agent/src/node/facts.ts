import { availableParallelism, hostname, totalmem } from "node:os";
import { readMachineId } from "@sluice/observability";
import type { Gpu, NodeFacts } from "@sluice/contracts";
import type { DeclaredNode } from "./declared-node.ts";

const agentVersion = "0.1.0";

export interface NodeFactsInput {
  readonly nodeId: string;
  readonly declared: DeclaredNode;
  readonly gpus: readonly Gpu[];
}

/** What this node offers: what is declared, else what is found, within the limits of the container the agent runs in. */
export function readNodeFacts({ nodeId, declared, gpus }: NodeFactsInput): NodeFacts {
  return {
    nodeId,
    name: declared.name ?? hostname(),
    hostname: hostname(),
    dataAddress: declared.dataAddress,
    machineId: readMachineId(),
    cpus: declared.numCpus ?? availableParallelism(),
    memoryBytes: declared.memoryBytes ?? memoryLimitBytes(),
    gpus: [...gpus],
    custom: { ...declared.resources },
    // As Ray labels its nodes; whoever wants exactly this one can say so.
    labels: { ...declared.labels, "ray.io/node-id": nodeId },
    agentVersion,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Memory of the machine, or the smaller limit of its control group. Without a limit Node answers 0 or a huge number. */
export function memoryLimitBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalmem() ? limitBytes : totalmem();
}
