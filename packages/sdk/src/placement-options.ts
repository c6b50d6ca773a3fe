/** Label of a node -> what it must be: "a", "!a", "in(a,b)", "!in(a,b)". */
export type LabelSelector = Readonly<Record<string, string>>;

/** Resources of one replica, and the nodes that may have it. */
export interface RayActorOptions {
  /** CPUs, fractions allowed. Default 1. */
  readonly numCpus?: number;
  /** GPUs; up to 1 a fraction is allowed. Default 0. */
  readonly numGpus?: number;
  /** Bytes of memory; 0 = not accounted. */
  readonly memory?: number;
  /** Custom resources a node declares. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Model of the GPU, as "A100". */
  readonly acceleratorType?: string | null;
  readonly labelSelector?: LabelSelector | null;
  /** Tried in order while no node fits `labelSelector`. */
  readonly fallbackStrategy?: readonly { readonly labelSelector: LabelSelector }[] | null;
  /** Variables of this deployment, laid over those of the application. */
  readonly runtimeEnv?: { readonly envVars?: Readonly<Record<string, string>> };
}

/** One member's resources: `{ CPU: 1, GPU: 1, memory: 2e9, "accelerator_type:A100": 0.001 }`. */
export type ResourceBundle = Readonly<Record<string, number>>;

export type PlacementStrategy = "PACK" | "SPREAD" | "STRICT_PACK" | "STRICT_SPREAD";

/** What is left out is as in the first wish. */
export interface PlacementGroupFallback {
  readonly bundles?: readonly ResourceBundle[];
  readonly bundleLabelSelector?: readonly LabelSelector[];
}
