import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export interface MetricSpec<Label extends string> {
  /** `sluice_` or `ray_serve_` first; unit last (`_seconds`, `_bytes`); counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
  /** Called just before the metric is read, to set it from state that is kept elsewhere. */
  readonly collect?: () => void;
}

/** A prom-client registry that refuses names outside the conventions. */
export interface MetricsRegistry {
  readonly registry: Registry;
  counter<Label extends string = never>(spec: MetricSpec<Label>): Counter<Label>;
  gauge<Label extends string = never>(spec: MetricSpec<Label>): Gauge<Label>;
  histogram<Label extends string = never>(
    spec: MetricSpec<Label> & { readonly buckets: readonly number[] },
  ): Histogram<Label>;
}

export interface RegistryOptions {
  /** Process metrics (`process_*`, `nodejs_*`): on by default, off in tests that compare texts. */
  readonly defaultMetrics?: boolean;
}

/** Creates the registry of one process. Nothing registers itself globally, so tests may hold several. */
export function createRegistry({ defaultMetrics = true }: RegistryOptions = {}): MetricsRegistry {
  const registry = new Registry();
  if (defaultMetrics) collectDefaultMetrics({ register: registry });
  const base = <Label extends string>({ name, help, labels, collect }: MetricSpec<Label>) => ({
    name,
    help,
    labelNames: labels ?? [],
    registers: [registry],
    ...(collect === undefined ? {} : { collect }),
  });
  return {
    registry,
    counter: (spec) => {
      assertName(spec.name, "counter");
      return new Counter(base(spec));
    },
    gauge: (spec) => {
      assertName(spec.name, "gauge");
      return new Gauge(base(spec));
    },
    histogram: (spec) => {
      assertName(spec.name, "histogram");
      return new Histogram({ ...base(spec), buckets: [...spec.buckets] });
    },
  };
}

/** The exposition of one process: what `GET /metrics` answers. */
export async function metricsText({ registry }: MetricsRegistry): Promise<{ contentType: string; body: string }> {
  return { contentType: registry.contentType, body: await registry.metrics() };
}

/** The same without `process_*` and `nodejs_*`: they have no label that would tell one process from another in a text of several. */
export async function ownMetricsText({ registry }: MetricsRegistry): Promise<string> {
  const names = registry.getMetricsAsArray().flatMap(({ name }) => (/^(sluice|ray_serve)_/.test(name) ? [name] : []));
  const texts = await Promise.all(names.map((name) => registry.getSingleMetricAsString(name)));
  return texts.map((text) => `${text}\n`).join("\n");
}

function assertName(name: string, kind: "counter" | "gauge" | "histogram"): void {
  const problem = judgeMetricName(name, kind);
  if (problem !== null) throw new TypeError(`Metric ${name}: ${problem}`);
}

/** Says what is wrong with a metric's name, or null. */
export function judgeMetricName(name: string, kind: "counter" | "gauge" | "histogram"): string | null {
  if (!/^(sluice|ray_serve)_[a-z0-9_]+$/.test(name)) return "names begin with sluice_ or ray_serve_, in lower case.";
  // Ray's own counters lack `_total` in places; their names are kept so that existing boards work.
  if (name.startsWith("ray_serve_")) return null;
  if (kind === "counter" && !name.endsWith("_total")) return "counters end in _total.";
  if (kind !== "counter" && name.endsWith("_total")) return "only counters end in _total.";
  if (/_(ms|millis|milliseconds|kb|mb|percent)(_|$)/.test(name)) return "base units only: _seconds, _bytes, _ratio.";
  return null;
}
