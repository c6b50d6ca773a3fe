import type { ReplicaObservation } from "@sluice/contracts";
import type { LinkCounters, MetricsRegistry } from "@sluice/observability";

export interface AgentMetricsInput {
  readonly observations: () => readonly ReplicaObservation[];
  readonly counters: () => { readonly started: number; readonly failed: number; readonly adopted: number };
  readonly link: () => Readonly<LinkCounters> & { readonly isOpen: boolean };
  readonly fetchedBytes: () => number;
  readonly warmHosts: () => number;
}

/** Registers the agent's own metrics. They are read when somebody asks, so nothing is counted twice. */
export function registerAgentMetrics(metrics: MetricsRegistry, input: AgentMetricsInput): void {
  const replicas = metrics.gauge({
    name: "sluice_agent_replicas",
    help: "Replicas known to this agent, by stage.",
    labels: ["stage"],
    collect: () => {
      replicas.reset();
      for (const { stage } of input.observations()) replicas.inc({ stage });
    },
  });
  const events = metrics.counter({
    name: "sluice_agent_replica_events_total",
    help: "What happened to replicas.",
    labels: ["event"],
    collect: () => {
      events.reset();
      for (const [event, count] of Object.entries(input.counters())) events.inc({ event }, count);
    },
  });
  const link = metrics.gauge({
    name: "sluice_agent_link_open",
    help: "1 while the link to the controller is up.",
    collect: () => link.set(input.link().isOpen ? 1 : 0),
  });
  const faults = metrics.counter({
    name: "sluice_agent_link_faults_total",
    help: "Messages refused or lost on the link to the controller.",
    labels: ["fault"],
    collect: () => {
      const { staleEpoch, invalid, dropped } = input.link();
      faults.reset();
      for (const [fault, count] of Object.entries({ staleEpoch, invalid, dropped })) faults.inc({ fault }, count);
    },
  });
  const warm = metrics.gauge({
    name: "sluice_agent_warm_hosts",
    help: "Host processes that wait for a replica.",
    collect: () => warm.set(input.warmHosts()),
  });
  const bytes = metrics.counter({
    name: "sluice_agent_bundle_bytes_total",
    help: "Bytes of bundles fetched.",
    collect: () => {
      bytes.reset();
      bytes.inc(input.fetchedBytes());
    },
  });
}
