import { z } from "zod";
import { DescribeRequest } from "../spec/bundle-description.ts";
import { Assignment } from "./agent-link.ts";

/**
 * The file `<agentDir>/replicas/<member>/assignment.json` (`memberName`), whose path is the host's only argument:
 * the assignment plus what only the agent of this node knows.
 */
export const HostLaunch = Assignment.extend({
  /** Prepared (unpacked, compiled) bundle on this node. */
  bundleDir: z.string(),
  /** Holds `agent.sock` and the wire socket `<member>.sock` of every replica of this node. */
  runDir: z.string(),
  nodeId: z.string().default(""),
  /** For messages to people. */
  nodeName: z.string().default(""),
  /** Where other machines reach this node; `local`, or absent: requests come by the Unix socket. */
  dataAddress: z.string().optional(),
  /** Where it listens for them, if that is another address: behind a translation of addresses. */
  dataListenAddress: z.string().optional(),
});
export type HostLaunch = z.infer<typeof HostLaunch>;

/** The one line that a warm host reads from `warmHostOrders` before it is anybody: from then on it is this replica. */
export const WarmHostOrder = z.object({
  launchFile: z.string(),
  cwd: z.string(),
  /** All of it: what the process was started with is forgotten. */
  env: z.record(z.string(), z.string()),
});
export type WarmHostOrder = z.infer<typeof WarmHostOrder>;

/** `node host.mjs --warm <placeholder of a launch file>`: a host that has no replica yet. */
export const warmHostFlag = "--warm";
/** File descriptor of a warm host's order; its end without one means that the agent is gone. */
export const warmHostOrders = 3;

/** What the describe process reads on stdin; it answers one DescribeResult on stdout. */
export const DescribeInput = DescribeRequest.extend({ bundleDir: z.string() });
export type DescribeInput = z.infer<typeof DescribeInput>;

/** Program that a host of the runtime `process` started: who cleans up after a host finds what it left by this. */
export const ChildProcessFile = z.object({ pid: z.int(), startTicks: z.number() });
export type ChildProcessFile = z.infer<typeof ChildProcessFile>;

/** Where that host writes it: beside its launch file. */
export function childProcessFile(launchFile: string): string {
  return `${launchFile.replace(/\.json$/, "")}.child.json`;
}
