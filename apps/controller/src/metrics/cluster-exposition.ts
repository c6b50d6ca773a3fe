/** What the cluster counts beside its gateways: this leader, and what replicas count themselves, asked of every agent. */
import { mergeExpositions, ownMetricsText, type MetricsRegistry } from "@sluice/observability";
import type { AgentSessions } from "../agents/agent-sessions.ts";

/** An agent gives each of its replicas one second. */
const answerTimeoutMs = 1_500;
/** Several gateways, or impatient readers, are answered from one look. */
const keptMs = 1_000;

export class ClusterExposition {
  readonly #metrics: MetricsRegistry;
  #latest: { readonly text: Promise<string>; readonly askedMs: number } | undefined;

  constructor(metrics: MetricsRegistry) {
    this.#metrics = metrics;
  }

  /** A node that does not answer in time is left out: a gap, not an old number. */
  read(agents: AgentSessions): Promise<string> {
    const nowMs = performance.now();
    if (this.#latest === undefined || nowMs - this.#latest.askedMs > keptMs) {
      this.#latest = { text: this.#readNow(agents), askedMs: nowMs };
    }
    return this.#latest.text;
  }

  async #readNow(agents: AgentSessions): Promise<string> {
    const [own, ...nodes] = await Promise.all([
      ownMetricsText(this.#metrics),
      ...agents.all().map((session) => agents.readMetrics(session, answerTimeoutMs)),
    ]);
    return mergeExpositions([own, ...nodes.filter((text) => text !== null)]);
  }
}
