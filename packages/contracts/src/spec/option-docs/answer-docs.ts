import { option, type OptionDoc } from "./option-doc.ts";

/** What is said when the queue is full, how replicas log, and what Ray's router options are. */
export const answerOptionDocs: readonly OptionDoc[] = [
  option("max_concurrent_queries", "Max concurrent queries", "reconfigure", {
    meaning: "Old name of `max_ongoing_requests`, taken with a warning. Its old default of 100 does not come with it.",
    default: "",
    range: "at least 1",
    example: "10",
  }),
  option("backpressure_config", "Full queue", "reconfigure", {
    meaning: "How a request is answered that finds `max_queued_requests` waiting.",
    default: "as the gateway is set",
    range: "`status_code`, `retry_after_s`",
    example: "{status_code: 429}",
  }),
  option("backpressure_config.status_code", "Status of a full queue", "reconfigure", {
    meaning: "Status of that answer.",
    default: "503",
    range: "503, 429",
    example: "429",
  }),
  option("backpressure_config.retry_after_s", "Retry-After of a full queue", "reconfigure", {
    meaning: "Seconds in its header `Retry-After`, rounded up.",
    default: "null (as the gateway is set)",
    range: "at least 0",
    example: "2.5",
  }),
  option("logging_config", "Logging", "reconfigure", {
    meaning: "How a replica writes its own lines. A block here replaces that of the application as a whole.",
    default: "as the node is set",
    range: "the fields below",
    example: "{encoding: JSON, log_level: DEBUG}",
  }),
  option("logging_config.encoding", "Encoding", "reconfigure", {
    meaning: "Lines for people, or one JSON object per line.",
    default: "as the node is set",
    range: "`TEXT`, `JSON`",
    example: "JSON",
  }),
  option("logging_config.log_level", "Level", "reconfigure", {
    meaning: "Lines below it are not written.",
    default: "as the node is set",
    range: "`DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`, or 0 to 50 as in Python",
    example: "DEBUG",
  }),
  option("logging_config.enable_access_log", "Access log", "reconfigure", {
    meaning: "Whether the replica writes a line for each request.",
    default: "false",
    range: "true, false",
    example: "true",
  }),
  option("logging_config.logs_dir", "Folder of logs", "controller", {
    meaning: "Only null is taken: replicas log to rotated files in the folder of their node's agent.",
    default: "null",
    range: "null",
    example: "null",
  }),
  option("logging_config.additional_log_standard_attrs", "Python attributes", "controller", {
    meaning: "Only an empty list is taken: attributes of Python's log records do not exist here.",
    default: "[]",
    range: "[]",
    example: "[]",
  }),
  ...[
    ["request_router_class", "Router", "ray.serve._private.request_router:PowerOfTwoChoicesRequestRouter"],
    ["request_router_kwargs", "Router arguments", "{}"],
    ["request_routing_stats_period_s", "Routing stats period", "10"],
    ["request_routing_stats_timeout_s", "Routing stats timeout", "30"],
    ["initial_backoff_s", "Initial back-off", "0.025"],
    ["backoff_multiplier", "Back-off multiplier", "2"],
    ["max_backoff_s", "Max back-off", "0.5"],
  ].map(([name = "", title = "", value = ""]) =>
    option(`request_router_config.${name}`, title, "controller", {
      meaning: "Only Ray's own default is taken, with a warning: there is nothing here that it could change.",
      default: value,
      range: value,
      example: value,
    }),
  ),
  option("request_router_config", "Router", "controller", {
    meaning: "Only Ray's own defaults are taken, with a warning: requests wait for a free place without polling.",
    default: "power of two choices",
    range: "Ray's defaults",
    example: "{max_backoff_s: 0.5}",
  }),
];
