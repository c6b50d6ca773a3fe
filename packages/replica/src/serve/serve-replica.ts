import { isSluiceError, SluiceError } from "@sluice/contracts";
import type { HostLaunch, SeriesKey, WireAddress } from "@sluice/contracts";
import type { Logger, WindowReporter } from "@sluice/observability";
import { PeerRole, RejectCode, serveWire } from "@sluice/wire";
import type { KeyWithCertificate, WireRequest, WireServer, WireTls } from "@sluice/wire";
import type { Answer, Runtime } from "../runtime.ts";
import { Capacity } from "./capacity.ts";
import { RunningRequest } from "./running-request.ts";
import { placeOf } from "../handles/call-errors.ts";
import { UnsafeBeginnings } from "./unsafe-beginnings.ts";

export interface ReplicaServerOptions {
  readonly launch: HostLaunch;
  readonly address: WireAddress;
  readonly runtime: Runtime;
  /** For an address of kind `tls`. */
  readonly tls?: WireTls;
  readonly reporter: WindowReporter;
  readonly logger: Logger;
}

/** The wire end of a replica: admits, runs, answers, counts. */
export class ReplicaServer {
  readonly capacity: Capacity;
  readonly #options: ReplicaServerOptions;
  readonly #keys = new Map<number, SeriesKey>();
  readonly #unsafe = new UnsafeBeginnings();
  #server: WireServer | undefined;
  #isDraining = false;

  private constructor(options: ReplicaServerOptions) {
    this.#options = options;
    this.capacity = new Capacity(options.launch.maxOngoingRequests);
  }

  static async start(options: ReplicaServerOptions): Promise<ReplicaServer> {
    const server = new ReplicaServer(options);
    const { capacity } = server;
    server.#server = await serveWire(options.address, (request) => server.#onRequest(request), {
      role: PeerRole.replica,
      peerId: options.launch.replicaId,
      saysTaken: true,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      onRefused: (reason, remote) => options.logger.warn({ reason, remote }, "a connection was refused"),
      onSlotReturned: (connection) => capacity.onSlotReturned(connection),
      onConnectionClosed: (connection) => capacity.onGone(connection),
      onHandlerError: (error) => options.logger.error({ err: error }, "a request could not be handled"),
    });
    return server;
  }

  get address(): WireAddress {
    return this.#server?.address ?? this.#options.address;
  }

  /** Connections that are open stay. */
  renewTls(own: KeyWithCertificate): void {
    this.#server?.renewTls(own);
  }

  /** Tells routers which models this replica holds, most recently used first. */
  announceModels(modelIds: readonly string[]): void {
    this.#server?.announceModels(modelIds);
  }

  /** No new work from now on; settles when what runs has ended, or after `graceMs`. True when all of it ended. */
  async drain(graceMs: number): Promise<boolean> {
    this.#isDraining = true;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    // Running code counts, also when its caller is gone; so both the streams and the slots must be free.
    const finished = Promise.all([this.#server?.drain(graceMs), this.capacity.idle()]).then(() => undefined);
    await Promise.race([finished, deadline]);
    clearTimeout(timer);
    const isIdle = this.capacity.ongoing === 0;
    if (!isIdle) await this.#server?.close();
    return isIdle;
  }

  #onRequest(request: WireRequest): void {
    const { capacity } = this;
    if (this.#isDraining) return request.reject(capacity.ongoing, capacity.max, RejectCode.draining);
    const { launch, logger, reporter } = this.#options;
    const { application, deployment, logging } = launch;
    const { head } = request;
    if (head.application !== application || head.deployment !== deployment) {
      return request.reject(capacity.ongoing, capacity.max, RejectCode.wrongTarget);
    }
    if (!capacity.take(request.connection)) return request.reject(capacity.ongoing, capacity.max);
    const series = reporter.series(this.#keyOf(head.revision));
    const running = new RunningRequest(request, series, capacity, logging?.accessLog === true ? logger : null);
    if (!request.mustTellTaken) return this.#begin(running);
    this.#unsafe.add(
      request,
      () => this.#begin(running),
      () => running.finish(499),
    );
  }

  /** Nothing of the code may run before this: the caller was told that the request is taken. */
  #begin(running: RunningRequest): void {
    const { request } = running;
    try {
      const answer = this.#options.runtime.answer(request, running.context);
      if (answer instanceof Promise) void this.#finishLater(running, answer);
      else this.#finishNow(running, answer);
    } catch (error) {
      running.finish(this.#fail(running, error));
    }
  }

  #finishNow(running: RunningRequest, answer: Answer): void {
    const status = running.send(answer, this.#options.runtime);
    if (typeof status === "number") running.finish(status);
    else void this.#finishSending(running, status);
  }

  async #finishLater(running: RunningRequest, promise: Promise<Answer>): Promise<void> {
    let status: number | Promise<number>;
    try {
      status = running.send(await promise, this.#options.runtime);
    } catch (error) {
      status = this.#fail(running, error);
    }
    if (typeof status === "number") running.finish(status);
    else await this.#finishSending(running, status);
  }

  async #finishSending(running: RunningRequest, sending: Promise<number>): Promise<void> {
    let status: number;
    try {
      status = await sending;
    } catch (error) {
      status = this.#fail(running, error);
    }
    running.finish(status);
  }

  /** What the caller did wrong is answered; what the code did wrong is logged as well. Returns the status to count. */
  #fail(running: RunningRequest, error: unknown): number {
    const { head, gone } = running.request;
    if (gone !== undefined) return 499;
    const { logger, launch } = this.#options;
    const isExpected = isSluiceError(error) && error.code !== "internal" && error.code !== "replica/user_error";
    if (!isExpected) {
      const target = head.kind === "http" ? head.target : undefined;
      logger.error(
        { err: error, requestId: head.requestId, revision: head.revision, method: head.method, target },
        "request failed",
      );
    }
    return running.sendError(error, isExpected ? error : userError(launch.deployment, error));
  }

  /** One key per revision: looked up per request, allocated once. */
  #keyOf(revision: number): SeriesKey {
    const known = this.#keys.get(revision);
    if (known !== undefined) return known;
    const { application, deployment } = this.#options.launch;
    const key = { application, deployment, revision, variant: `r${revision}` };
    this.#keys.set(revision, key);
    return key;
  }
}

/** The text hides what went wrong inside; the request id leads to the log line that has the stack. */
function userError(deployment: string, cause: unknown): SluiceError {
  const failed = placeOf(cause) ?? deployment;
  const calledBy = failed === deployment ? "" : `, called by ${deployment}`;
  const publicMessage = `The deployment ${failed} failed while handling this request${calledBy}. Its log has the stack under the request id.`;
  return new SluiceError({ code: "replica/user_error", publicMessage, cause });
}
