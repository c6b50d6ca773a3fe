import { availableParallelism, hostname, totalmem } from "node:os";
import type { Gpu, NodeFacts } from "@sluice/contracts";

const agentVersion = "0.1.0";

export interface NodeFactsInput {
  readonly nodeId: string;
  readonly name: string;
  readonly numCpus: number | null;
  readonly gpus: readonly Gpu[];
}

/** What this node offers. CPUs and memory respect the limits of the container the agent runs in. */
export function readNodeFacts({ nodeId, name, numCpus, gpus }: NodeFactsInput): NodeFacts {
  return {
    nodeId,
    name,
    hostname: hostname(),
    dataAddress: "local",
    cpus: numCpus ?? availableParallelism(),
    memoryBytes: memoryLimitBytes(),
    gpus: [...gpus],
    custom: {},
    labels: {},
    agentVersion,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Memory of the machine, or the smaller limit of its control group. Without a limit Node answers 0 or a huge number. */
export function memoryLimitBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalmem() ? limitBytes : totalmem();
}
