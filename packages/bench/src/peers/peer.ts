/** One side of a comparison: something that can be started, asked over HTTP, and stopped. */

/** A request that is sent over and over. */
export interface RequestTemplate {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** What a side serves; a workload leaves out the sides that lack what it needs. */
export interface Endpoints {
  readonly noop?: string;
  /** `POST` counts the bytes of the body, `GET ?bytes=N` answers N bytes. */
  readonly upload?: string;
  readonly download?: string;
  /** 200 server-sent events. */
  readonly stream?: string;
  readonly pipeline?: string;
  readonly mlp?: RequestTemplate;
}

export type ColdRuntime = "node" | "onnx";

export interface NewReplica {
  /** From asked to ready. */
  readonly readyMs: number;
  /** A short while after it was ready. */
  readonly residentBytes: number;
}

export interface DataPath {
  readonly gateway: readonly number[];
  readonly replica: readonly number[];
}

export interface RunningPeer extends AsyncDisposable {
  readonly name: string;
  readonly endpoints: Endpoints;
  /** Processes that it consists of, with all that they start. */
  readonly rootPids: readonly number[];
  /** Items a second of the model without any server around it, in batches of 32. */
  readonly runLoop?: (durationMs: number) => Promise<number>;
  /** Runtimes whose cold start it can show. */
  readonly coldRuntimes?: readonly ColdRuntime[];
  /** Adds one replica, and takes it away again. */
  readonly growByOne?: (runtime: ColdRuntime) => Promise<NewReplica>;
  /** Resident bytes of one no-op replica. */
  readonly replicaBytes?: () => Promise<number>;
  /** Processes that a request to this application passes through. */
  readonly dataPathPids?: (application: string) => Promise<DataPath>;
}

export interface Peer {
  readonly name: string;
  /** Its processes cost CPU even when nobody asks them anything: it is measured with no other side running. */
  readonly runsAlone: boolean;
  /** Why this machine cannot run it; undefined when it can. */
  missing(): Promise<string | undefined>;
  start(): Promise<RunningPeer>;
}
