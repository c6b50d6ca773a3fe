/** Ray's `request_router_config`: only what Ray itself does by default is what happens here, so nothing else is taken. */
import { z } from "zod";

const routerPaths = [
  "ray.serve._private.request_router:PowerOfTwoChoicesRequestRouter",
  "ray.serve._private.request_router.pow_2_router:PowerOfTwoChoicesRequestRouter",
  "ray.serve.request_router:PowerOfTwoChoicesRequestRouter",
] as const;

const fixed = <const T extends number>(value: T) =>
  z.literal(
    value,
    `Requests wait for a free place without polling, so there is no back-off to set. Only ${value} is taken.`,
  );

const noStats = <const T extends number>(value: T) =>
  z.literal(value, `Replicas are not asked for routing statistics. Only ${value} is taken.`);

export const RequestRouterConfig = z.strictObject({
  request_router_class: z
    .literal(routerPaths, "The router is always power of two choices. Other routers are not available; leave it out.")
    .optional(),
  request_router_kwargs: z.strictObject({}, "The router takes no arguments. Leave them out.").optional(),
  request_routing_stats_period_s: noStats(10).optional(),
  request_routing_stats_timeout_s: noStats(30).optional(),
  initial_backoff_s: fixed(0.025).optional(),
  backoff_multiplier: fixed(2).optional(),
  max_backoff_s: fixed(0.5).optional(),
});
export type RequestRouterConfig = z.infer<typeof RequestRouterConfig>;
