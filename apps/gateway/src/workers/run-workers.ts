/**
 * Several processes behind one port: the primary hands out connections in turn, each worker is a gateway of its own with its own
 * link to the controller. A worker that dies is replaced; the connections it had are lost, the others notice nothing.
 */
import cluster, { type Worker } from "node:cluster";
import { serveClusterMetrics, type Logger } from "@sluice/observability";

export interface RunningWorkers {
  /** Lets every worker finish what it runs. */
  stop(): Promise<void>;
}

/** Environment variable that tells a worker its number, from 1. */
export const workerVariable = "SLUICE_GATEWAY_WORKER";

/** A worker that keeps dying is not started more often than this. */
const restartAfterMs = 1_000;

/** Starts the workers; settles when all of them take connections. */
export async function runWorkers(count: number, logger: Logger): Promise<RunningWorkers> {
  serveClusterMetrics();
  const running = new Set<Worker>();
  let isStopping = false;
  const start = (number: number): Worker => {
    const worker = cluster.fork({ [workerVariable]: String(number) });
    running.add(worker);
    worker.on("exit", (code, signal) => {
      running.delete(worker);
      if (isStopping) return;
      logger.error({ worker: number, code, signal }, "a worker ended; another one is started");
      setTimeout(() => !isStopping && start(number), restartAfterMs);
    });
    return worker;
  };
  const first = Array.from({ length: count }, (_, index) => start(index + 1));
  await Promise.all(first.map((worker) => listening(worker)));
  return {
    stop: async () => {
      isStopping = true;
      const ended = [...running].map((worker) => new Promise<void>((resolve) => worker.once("exit", () => resolve())));
      for (const worker of running) worker.kill("SIGTERM");
      await Promise.all(ended);
    },
  };
}

/** Rejects when the worker ends first: a setting is wrong, and its own message says which. */
function listening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("listening", () => resolve());
    worker.once("exit", (code) => reject(new Error(`a worker ended with code ${String(code)} before it listened`)));
  });
}
