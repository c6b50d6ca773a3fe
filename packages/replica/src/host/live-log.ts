import type { HostLaunch } from "@sluice/contracts";
import { createLogger, createPrettyStream } from "@sluice/observability";
import type { LogFormat, Logger, LogLevel } from "@sluice/observability";

type Logging = HostLaunch["logging"];

const levels = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error", CRITICAL: "fatal" } as const;
const formats = { TEXT: "pretty", JSON: "json" } as const;

interface Sink {
  write(line: string): unknown;
}

/** How this node's hosts log unless their deployment says otherwise. */
export interface NodeLogging {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** The host's own lines. Level and format of the one logger change while it is in use. */
export class LiveLog {
  readonly logger: Logger;
  readonly #node: NodeLogging;
  readonly #sinks: Readonly<Record<LogFormat, Sink>>;
  #format: LogFormat;

  constructor(node: NodeLogging, sink: Sink, facts: Readonly<Record<string, string>>) {
    this.#node = node;
    this.#format = node.format;
    const plain = { write: (line: string) => void sink.write(line) };
    this.#sinks = { json: plain, pretty: createPrettyStream(plain) };
    const destination = { write: (line: string) => void this.#sinks[this.#format].write(line) };
    this.logger = createLogger({ name: "replica", level: node.level, format: "json", destination }).child(facts);
  }

  /** What the deployment says, and the node's settings for the rest. */
  follow(logging: Logging): void {
    this.#format = logging?.encoding === undefined ? this.#node.format : formats[logging.encoding];
    this.logger.level = logging?.level === undefined ? this.#node.level : levels[logging.level];
  }
}
