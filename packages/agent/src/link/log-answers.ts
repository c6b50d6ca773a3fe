import { setTimeout as sleep } from "node:timers/promises";
import { memberName } from "@sluice/contracts";
import type { AgentMessage, ControllerToAgent } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { LogRequest } from "../logs/read-logs.ts";

export type ReadLogs = Extract<ControllerToAgent, { type: "read_logs" }>;
type LogChunk = Extract<AgentMessage, { type: "log_chunk" }>;

export interface LogAnswersPorts {
  readonly logger: Logger;
  /** Null where nothing is kept of such a member. */
  readonly read: (member: string, request: LogRequest, signal: AbortSignal) => AsyncGenerator<string> | null;
  readonly send: (chunk: LogChunk) => boolean;
  /** Bytes that wait in the link. */
  readonly bufferedBytes: () => number;
}

const maxAtOnce = 32;
/** What the link may hold for others before a reader waits: small, for assignments and heartbeats go the same way. */
const maxBufferedBytes = 512 * 1024;
const pauseMs = 20;

/** Answers `read_logs` until all is told, `stop_logs` comes or the link is gone; no faster than the link takes it. */
export class LogAnswers {
  readonly #ports: LogAnswersPorts;
  readonly #running = new Map<string, AbortController>();

  constructor(ports: LogAnswersPorts) {
    this.#ports = ports;
  }

  start(request: ReadLogs): void {
    if (this.#running.size >= maxAtOnce)
      return this.#end(request.requestId, `This node already reads ${maxAtOnce} logs. Close one of them.`);
    this.stop(request.requestId);
    const running = new AbortController();
    this.#running.set(request.requestId, running);
    void this.#answer(request, running.signal).finally(() => {
      if (this.#running.get(request.requestId) === running) this.#running.delete(request.requestId);
    });
  }

  stop(requestId: string): void {
    this.#running.get(requestId)?.abort();
    this.#running.delete(requestId);
  }

  stopAll(): void {
    for (const requestId of [...this.#running.keys()]) this.stop(requestId);
  }

  async #answer(request: ReadLogs, signal: AbortSignal): Promise<void> {
    const { read, send, bufferedBytes, logger } = this.#ports;
    const { requestId } = request;
    const member = memberName(request);
    try {
      const texts = read(member, request, signal);
      if (texts === null) return this.#end(requestId, `This node keeps no logs of the replica ${member}.`);
      for await (const text of texts) {
        while (bufferedBytes() > maxBufferedBytes && !signal.aborted)
          await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted || !send({ type: "log_chunk", requestId, text, done: false })) return;
      }
      if (!signal.aborted) this.#end(requestId);
    } catch (err) {
      logger.warn({ err, replicaId: member }, "a log could not be read");
      this.#end(requestId, `The log of the replica ${member} could not be read.`);
    }
  }

  #end(requestId: string, error?: string): void {
    const { send } = this.#ports;
    send({ type: "log_chunk", requestId, text: "", done: true, ...(error === undefined ? {} : { error }) });
  }
}
