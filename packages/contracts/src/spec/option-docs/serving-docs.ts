import { option, type OptionDoc } from "./option-doc.ts";

/** How a replica takes requests, is checked, and ends. */
export const servingOptionDocs: readonly OptionDoc[] = [
  option("max_ongoing_requests", "Max ongoing requests", "reconfigure", {
    meaning:
      "Requests that one replica works on at a time. The replica itself refuses more; they wait in the gateway. For `onnx` the default is twice `batching.max_batch_size`.",
    default: "5",
    range: "at least 1",
    example: "10",
  }),
  option("max_queued_requests", "Max queued requests", "controller", {
    meaning:
      "Requests that may wait in each gateway for a free replica. One more is answered as `backpressure_config` says. -1 = no limit.",
    default: "-1",
    range: "-1, or at least 1",
    example: "100",
  }),
  option("user_config", "User config", "reconfigure", {
    meaning:
      "Any JSON value, given to the code's `reconfigure(config)` at start and after a change, the first one included. Its removal takes new replicas.",
    default: "",
    range: "any JSON value; the code needs a method `reconfigure`",
    example: "{threshold: 0.5}",
  }),
  option("health_check_period_s", "Health check period", "reconfigure", {
    meaning: "Seconds between two health checks of a replica.",
    default: "10",
    range: "more than 0",
    example: "5",
  }),
  option("health_check_timeout_s", "Health check timeout", "reconfigure", {
    meaning: "Seconds after which an unanswered health check counts as failed. Three failures replace the replica.",
    default: "30",
    range: "more than 0",
    example: "10",
  }),
  option("graceful_shutdown_wait_loop_s", "Drain check interval", "reconfigure", {
    meaning:
      "Seconds between two looks at a draining replica, each a line in its log. It ends at once with its last request.",
    default: "2",
    range: "at least 0",
    example: "1",
  }),
  option("graceful_shutdown_timeout_s", "Drain timeout", "reconfigure", {
    meaning: "Seconds that a draining replica gets to finish its requests before it is stopped.",
    default: "20",
    range: "at least 0",
    example: "60",
  }),
  option("max_constructor_retry_count", "Start attempts", "controller", {
    meaning: "Failed starts after which a deployment is given up, at most three per wanted replica.",
    default: "20",
    range: "at least 1",
    example: "5",
  }),
];
