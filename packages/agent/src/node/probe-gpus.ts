import { execFile } from "node:child_process";
import type { Gpu } from "@sluice/contracts";
import { listDevices, parseGpuQuery, parseMigDevices } from "./parse-nvidia-smi.ts";

/** Finds the GPUs of this machine. None is a normal answer, never an error. */
export type GpuProbe = () => Promise<readonly Gpu[]>;

const fields = "index,uuid,name,memory.total,memory.used,utilization.gpu";
const format = "--format=csv,noheader,nounits";
const program = "nvidia-smi";

/**
 * Asks nvidia-smi, which takes up to seconds without persistence mode: call it rarely. Where it is absent, has no driver or does
 * not answer in time, there are no GPUs that anything could use.
 */
export function probeNvidiaGpus(timeoutMs = 10_000): GpuProbe {
  return async () => {
    const ask = (...args: string[]): Promise<string | null> => readOutput(program, args, timeoutMs);
    // Drivers from before MIG refuse a question with that field, whole.
    const query =
      (await ask(`--query-gpu=${fields},mig.mode.current`, format)) ?? (await ask(`--query-gpu=${fields}`, format));
    const gpus = parseGpuQuery(query ?? "");
    if (gpus.length === 0) return [];
    const mayBeCut = gpus.some(({ isMig }) => isMig === true);
    return listDevices(gpus, mayBeCut ? parseMigDevices((await ask("-L")) ?? "") : []);
  };
}

/** Standard output of a program that ended well, null otherwise. One that hangs is left behind, killed where it can be. */
function readOutput(file: string, args: readonly string[], timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { maxBuffer: 4 * 1024 ** 2 }, (error, stdout) => {
      clearTimeout(timer);
      resolve(error === null ? stdout : null);
    });
    // Stuck in the driver it takes no signal, so its end is not waited for.
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      child.unref();
      resolve(null);
    }, timeoutMs);
  });
}
