/** A process id is reused; together with the time its process began it is not. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * @param {number} pid
 * @returns {string | undefined} when the process began, in a form that is only compared; undefined when none runs
 */
export function readStartTime(pid) {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Fields follow the command name, which stands in brackets and may hold spaces: state is the 3rd, start time the 22nd.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const { stdout, status } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/**
 * @typedef {object} ProcessIdentity
 * @property {string} name
 * @property {number} pid
 * @property {string} startTime
 */

/** @param {ProcessIdentity} identity */
export const isRunning = ({ pid, startTime }) => readStartTime(pid) === startTime;

/**
 * What a process was started with, where there is no /proc to say when it was; empty when none runs.
 * @param {number} pid
 */
export function readCommandLine(pid) {
  return spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}
