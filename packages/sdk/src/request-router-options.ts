/** Ray's own values are taken, others refused: requests wait for a free place without polling. */
export interface RequestRouterConfig {
  readonly requestRouterClass?:
    | "ray.serve._private.request_router:PowerOfTwoChoicesRequestRouter"
    | "ray.serve._private.request_router.pow_2_router:PowerOfTwoChoicesRequestRouter"
    | "ray.serve.request_router:PowerOfTwoChoicesRequestRouter";
  readonly requestRouterKwargs?: Readonly<Record<string, never>>;
  readonly requestRoutingStatsPeriodS?: 10;
  readonly requestRoutingStatsTimeoutS?: 30;
  readonly initialBackoffS?: 0.025;
  readonly backoffMultiplier?: 2;
  readonly maxBackoffS?: 0.5;
}
