/** How replicas write their own log lines. */
export interface LoggingConfig {
  /** Default "TEXT". */
  readonly encoding?: "TEXT" | "JSON";
  /** A name, or a number of Python's scale from 0 to 50. Default "INFO". */
  readonly logLevel?: "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL" | "WARN" | "FATAL" | "NOTSET" | number;
  /** Whether there is a line for each request. Default false. */
  readonly enableAccessLog?: boolean;
  /** Not to be chosen: replicas log to the folder of their node's agent. */
  readonly logsDir?: null;
  /** There are none. */
  readonly additionalLogStandardAttrs?: readonly never[];
}
