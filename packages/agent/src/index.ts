export { startAgent } from "./agent.ts";
export type { AgentParts } from "./agent.ts";
export { readConfig } from "./config.ts";
export type { AgentConfig } from "./config.ts";
export type { GpuProbe } from "./node/probe-gpus.ts";
