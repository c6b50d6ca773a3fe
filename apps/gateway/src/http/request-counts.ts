/**
 * Ray Serve's request counters, counted as plain numbers and turned into series at scrape time: a labelled counter costs more
 * per request than the rest of the accounting together.
 */
import type { MetricsRegistry } from "@sluice/observability";

type Label = "route" | "method" | "application" | "status_code";

interface Count {
  readonly labels: Record<Label, string>;
  value: number;
}

/** Bounds the series: methods beyond the standard ones count as OTHER. */
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export class RequestCounts {
  readonly #counts = new Map<string, Count>();

  constructor(metrics: MetricsRegistry) {
    const counter = metrics.counter<Label>({
      name: "ray_serve_num_http_requests_total",
      help: "HTTP requests that ended at this gateway.",
      labels: ["route", "method", "application", "status_code"],
    });
    Object.assign(counter, {
      collect: () => {
        counter.reset();
        for (const { labels, value } of this.#counts.values()) counter.inc(labels, value);
      },
    });
  }

  add(application: string, route: string, method: string, status: number): void {
    const known = methods.has(method) ? method : "OTHER";
    const key = `${application}\n${known}\n${String(status)}`;
    const count = this.#counts.get(key);
    if (count !== undefined) count.value += 1;
    else
      this.#counts.set(key, { labels: { route, method: known, application, status_code: String(status) }, value: 1 });
  }
}
