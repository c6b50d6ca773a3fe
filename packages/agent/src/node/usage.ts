import { readFile } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import type { Gpu, NodeUsage } from "@sluice/contracts";
import type { GpuProbe } from "./probe-gpus.ts";

interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

const gpuIntervalMs = 5_000;

/** Measures the node's usage between two calls. */
export class UsageMeter {
  readonly #probeGpus: GpuProbe;
  #last = readCpuTimes();
  #gpus: readonly Gpu[];
  #gpusAtMs = 0;
  #isProbing = false;

  constructor(probeGpus: GpuProbe, gpus: readonly Gpu[]) {
    this.#probeGpus = probeGpus;
    this.#gpus = gpus;
  }

  async measure(nowMs: number): Promise<NodeUsage> {
    const current = readCpuTimes();
    const cpuPercent = cpuPercentBetween(this.#last, current);
    this.#last = current;
    // Nothing found at start stays nothing: no program is started again and again on machines without GPUs.
    if (this.#gpus.length > 0 && nowMs - this.#gpusAtMs >= gpuIntervalMs) void this.#refreshGpus(nowMs);
    return { at: nowMs, cpuPercent, memoryUsedBytes: await readMemoryUsedBytes(), gpus: [...this.#gpus] };
  }

  /** Beside the heartbeats, which must not wait for a driver: they tell what was found last. */
  async #refreshGpus(nowMs: number): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    try {
      const gpus = await this.#probeGpus();
      // A driver that does not answer for a while says nothing about its GPUs.
      if (gpus.length > 0) this.#gpus = gpus;
    } finally {
      this.#isProbing = false;
      this.#gpusAtMs = nowMs;
    }
  }
}

/** Busy share of all CPUs, 0..100; null when no time has passed. */
export function cpuPercentBetween(before: CpuTimes, after: CpuTimes): number | null {
  const totalMs = after.totalMs - before.totalMs;
  if (totalMs <= 0) return null;
  return Math.min(100, Math.max(0, (100 * (after.busyMs - before.busyMs)) / totalMs));
}

function readCpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}

/** Total less available. Free memory alone would count the page cache as used. */
async function readMemoryUsedBytes(): Promise<number> {
  if (process.platform !== "linux") return totalmem() - freemem();
  const meminfo = await readFile("/proc/meminfo", "utf8");
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(meminfo)?.[1] ?? 0);
  return (kib("MemTotal") - kib("MemAvailable")) * 1024;
}
