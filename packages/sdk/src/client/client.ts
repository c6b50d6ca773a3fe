import {
  BundleUploadAnswer,
  BundleView,
  DeploymentView,
  EventView,
  HealthView,
  MetricAnswer,
  Page,
} from "@sluice/contracts";
import type { MetricName, PageOf } from "@sluice/contracts";
import { applicationCalls } from "./applications.ts";
import type { ApplicationCalls } from "./applications.ts";
import { httpCall } from "./http-call.ts";
import type { ClientOptions } from "./http-call.ts";
import { nodeCalls } from "./nodes.ts";
import type { NodeCalls } from "./nodes.ts";
import { replicaCalls } from "./replicas.ts";
import type { ReplicaCalls } from "./replicas.ts";

export interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface MetricOptions {
  readonly metric: MetricName | readonly MetricName[];
  readonly application?: string;
  readonly deployment?: string;
  readonly group_by?: "revision" | "none";
  readonly from?: string;
  readonly to?: string;
  readonly step?: number;
}

/** Typed client of the REST API, one property per noun. Bodies and answers are those of the OpenAPI document. */
export interface Client {
  readonly applications: ApplicationCalls;
  readonly replicas: ReplicaCalls;
  readonly deployments: { list(page?: PageOptions): Promise<PageOf<DeploymentView>> };
  readonly nodes: NodeCalls;
  readonly bundles: {
    /** Uploads a zip archive or an `.onnx` file; the same content again is recognised by its hash. */
    upload(name: string, content: Uint8Array): Promise<BundleUploadAnswer>;
    list(page?: PageOptions): Promise<PageOf<BundleView>>;
  };
  readonly events: {
    list(
      options?: PageOptions & { readonly application?: string; readonly severity?: EventView["severity"] },
    ): Promise<PageOf<EventView>>;
  };
  readonly metrics: { query(options: MetricOptions): Promise<MetricAnswer> };
  health(): Promise<HealthView>;
}

/** Makes a client. Every failed call throws ApiError, whose `problem` names the wrong fields. */
export function createClient(options: ClientOptions): Client {
  const call = httpCall(options);
  return {
    applications: applicationCalls(call),
    replicas: replicaCalls(call, options),
    deployments: { list: (page) => call(Page(DeploymentView), "GET", ["deployments"], { query: { ...page } }) },
    nodes: nodeCalls(call),
    bundles: {
      upload: (name, content) =>
        call(BundleUploadAnswer, "POST", ["bundles"], {
          query: { name },
          bytes: { content, contentType: name.endsWith(".zip") ? "application/zip" : "application/octet-stream" },
        }),
      list: (page) => call(Page(BundleView), "GET", ["bundles"], { query: { ...page } }),
    },
    events: { list: (query) => call(Page(EventView), "GET", ["events"], { query: { ...query } }) },
    metrics: {
      query: ({ metric, ...rest }) =>
        call(MetricAnswer, "GET", ["metrics", "query"], {
          query: { ...rest, metric: typeof metric === "string" ? metric : metric.join(",") },
        }),
    },
    health: () => call(HealthView, "GET", ["healthz"]),
  };
}
