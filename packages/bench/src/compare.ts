import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeMachine } from "./machine.ts";
import { checkoutRoot } from "./product/start-product.ts";
import { buildReport, type Report } from "./report/report.ts";
import { runBench, type BenchOptions } from "./run-bench.ts";

/** One run with everything that says what it was taken on. */
export async function runComparison(options: BenchOptions): Promise<Report> {
  const takenAt = new Date().toISOString();
  const machine = describeMachine();
  const commit = await describeCommit();
  const run = await runBench(options);
  return buildReport(run, options.workloads, { takenAt, machine, commit, settings: options.settings });
}

/** Short hash of what is checked out, with `+` when files differ from it. */
async function describeCommit(): Promise<string> {
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)("git", ["-C", checkoutRoot, ...args]);
    return stdout.trim();
  };
  try {
    const changes = await git("status", "--porcelain");
    return `${await git("rev-parse", "--short", "HEAD")}${changes === "" ? "" : "+"}`;
  } catch {
    // A copy without its repository is measured all the same.
    return "unknown";
  }
}
