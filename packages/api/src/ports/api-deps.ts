/** What use-cases need from outside. Each port is small and owned here; the adapters live in the app that wires. */
import type {
  AutoscalingEvaluation,
  DescribeAnswer,
  DescribeRequest,
  PlaygroundAnswer,
  PlaygroundBody,
} from "@sluice/contracts";
import type { Database } from "@sluice/db";

export interface LogCall {
  readonly replicaId: string;
  readonly rank: number;
  readonly stream: "both" | "stdout" | "stderr";
  readonly sinceMs: number | null;
  readonly tailBytes: number | null;
  readonly follow: boolean;
}

export type LogAnswer =
  | { readonly ok: true; readonly body: ReadableStream<Uint8Array> }
  /** `status` as the controller answered, 503 when none did. */
  | { readonly ok: false; readonly status: number; readonly reason: string };

export interface ControllerPort {
  /** The log of a replica. Never rejects; the body ends when the signal aborts. */
  readLogs(call: LogCall, signal: AbortSignal): Promise<LogAnswer>;
  /** Asks a node, through the leading controller, what a bundle holds. Never rejects: no controller is a null result with a reason. */
  describe(request: DescribeRequest, timeoutMs: number): Promise<DescribeAnswer>;
  /** Addresses at which machines join. Never rejects: empty when no controller leads. */
  joinUrls(): Promise<readonly string[]>;
  /** What the autoscaler thinks now of an application. Never rejects: null when no controller leads or answers. */
  autoscaling(applicationId: string): Promise<readonly AutoscalingEvaluation[] | null>;
}

/** Calls to the one configured gateway; the playground is confined to it. */
export interface GatewayPort {
  /** Its address as clients write it. */
  readonly url: string;
  send(call: {
    readonly method: string;
    /** Path and query, already confined to the application's route prefix. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array | null;
    readonly timeoutMs: number;
    readonly limitBytes: number;
  }): Promise<Omit<PlaygroundAnswer, "body"> & { readonly body: PlaygroundBody }>;
}

export interface Clock {
  readonly nowMs: () => number;
  /** Resolves after a time, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Which applications' status changed, as told by the database. */
export interface ChangeFeed {
  /** `null` = something else, or unknown: look at everything. Returns the way to stop. */
  subscribe(onChange: (applicationId: string | null) => void): () => void;
}

export interface ApiDeps {
  readonly db: Database;
  readonly projectId: string;
  readonly controller: ControllerPort;
  readonly gateway: GatewayPort;
  readonly clock: Clock;
  readonly changes: ChangeFeed;
  /** Where uploads wait while they are checked. */
  readonly uploadDir: string;
  readonly version: string;
}
