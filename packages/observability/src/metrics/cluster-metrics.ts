/**
 * Metrics of processes that share one port (node:cluster). Whichever of them is scraped answers for all: it asks the primary, which
 * asks every worker and adds up.
 */
import cluster from "node:cluster";
import { AggregatorRegistry } from "prom-client";
import { z } from "zod";
import type { MetricsRegistry } from "./registry.ts";

const Request = z.object({ type: z.literal("sluice:metrics-request"), id: z.int() });
const Answer = z.object({ type: z.literal("sluice:metrics-answer"), id: z.int(), text: z.string() });

const answerTimeoutMs = 5_000;
const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** For the primary: answers the workers' questions from now on. */
export function serveClusterMetrics(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on("message", (worker, message: unknown) => {
    const request = Request.safeParse(message);
    if (!request.success) return;
    const { id } = request.data;
    aggregator.clusterMetrics().then(
      (text) => worker.send({ type: "sluice:metrics-answer", id, text }),
      // The one who asked gives up by itself and answers with its own.
      () => undefined,
    );
  });
}

/** For a worker: a function that reads the metrics of all workers; its own when the primary does not answer in time. */
export function joinClusterMetrics(metrics: MetricsRegistry): () => Promise<{ contentType: string; body: string }> {
  AggregatorRegistry.setRegistries([metrics.registry]);
  // Made for its effect: it answers the primary's questions.
  void new AggregatorRegistry();
  const waiting = new Map<number, (text: string) => void>();
  let count = 0;
  process.on("message", (message: unknown) => {
    const answer = Answer.safeParse(message);
    if (answer.success) waiting.get(answer.data.id)?.(answer.data.text);
  });
  return async () => {
    count += 1;
    const id = count;
    const text = await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), answerTimeoutMs);
      waiting.set(id, (found) => {
        clearTimeout(timer);
        resolve(found);
      });
      process.send?.({ type: "sluice:metrics-request", id });
    });
    waiting.delete(id);
    return { contentType, body: text ?? (await metrics.registry.metrics()) };
  };
}
