import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { attackDialler } from "./attack-dialler.ts";
import { attackListener } from "./attack-listener.ts";
import { attackParser } from "./attack-parser.ts";
import { attackSocket } from "./attack-socket.ts";
import { Random } from "./random.ts";

export interface FuzzReport {
  readonly executions: Readonly<Record<string, number>>;
  readonly total: number;
  readonly elapsedMs: number;
  /** Each with the seed that repeats it. */
  readonly findings: readonly string[];
  readonly heapGrowthBytes: number;
  readonly bufferGrowthBytes: number;
  /** Timers, sockets and the like at the end beyond those at the beginning. */
  readonly handleGrowth: number;
}

/**
 * Attacks with the seeds from `firstSeed` on, one after the other, until `isEnough`. `socketPath`: a listener of the kernel
 * takes part. Memory is measured from a tenth of the way on, when caches are warm, after a full collection.
 */
export async function runFuzz(
  firstSeed: number,
  isEnough: (executions: number) => boolean,
  warmUp: number,
  socketPath?: string,
): Promise<FuzzReport> {
  const executions: Record<string, number> = { parser: 0, listener: 0, dialler: 0, socket: 0 };
  const findings: string[] = [];
  const note = (what: string) => (error: unknown) => {
    findings.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  const onUncaught = note("uncaught");
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  const handlesBefore = process.getActiveResourcesInfo().length;
  const startMs = performance.now();
  let before = process.memoryUsage();
  let count = 0;
  for (let seed = firstSeed; !isEnough(count) && findings.length < 20; seed += 1) {
    const random = new Random(seed);
    const target = pickTarget(random, socketPath !== undefined);
    executions[target] = (executions[target] ?? 0) + 1;
    try {
      if (target === "parser") attackParser(random);
      else if (target === "listener") await attackListener(random);
      else if (target === "dialler") await attackDialler(random);
      else await attackSocket(random, socketPath ?? "");
    } catch (error) {
      note(`seed ${String(seed)}, ${target}`)(error);
    }
    count += 1;
    if (count === warmUp) before = await measureMemory();
  }
  const elapsedMs = performance.now() - startMs;
  const after = await measureMemory();
  process.off("uncaughtException", onUncaught);
  process.off("unhandledRejection", onUncaught);
  return {
    executions,
    total: count,
    elapsedMs,
    findings,
    heapGrowthBytes: after.heapUsed - before.heapUsed,
    bufferGrowthBytes: after.arrayBuffers - before.arrayBuffers,
    handleGrowth: process.getActiveResourcesInfo().length - handlesBefore,
  };
}

function pickTarget(random: Random, hasSocket: boolean): "parser" | "listener" | "dialler" | "socket" {
  const at = random.next();
  if (hasSocket && at < 0.03) return "socket";
  return at < 0.4 ? "parser" : at < 0.7 ? "listener" : "dialler";
}

async function measureMemory(): Promise<NodeJS.MemoryUsage> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turns = 3; turns > 0; turns -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    collect();
  }
  return process.memoryUsage();
}
