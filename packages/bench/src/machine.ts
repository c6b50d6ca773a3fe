import { cpus, loadavg, platform, release, totalmem } from "node:os";

/** One line that says on what a figure was measured. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? "unknown CPU";
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const load = loadavg().map((value) => value.toFixed(2));
  return `${String(cpus().length)} x ${model}, ${String(memoryGiB)} GiB, ${platform()} ${release()}, Node ${process.version}, load ${load.join(" ")}`;
}
