/**
 * A load step: 32 clients that ask again at once, half a second each, against one replica. Told by the answers alone, which name
 * their replica: so the same step measures any server.
 */
import { Agent } from "undici";

export interface LoadStep {
  /** Milliseconds from the first request of the step to the first answer of the n-th replica; NaN when there was none. */
  readonly toReplica: (count: number) => number;
  readonly failed: readonly string[];
  readonly answers: number;
}

const clients = 32;

/** Runs until `replicas` of them have answered, at most `limitMs`. */
export async function runLoadStep(url: string, replicas: number, limitMs: number): Promise<LoadStep> {
  const dispatcher = new Agent({ connections: clients, pipelining: 1 });
  const target = new URL(url);
  const firstMs = new Map<string, number>();
  const failed: string[] = [];
  let answers = 0;
  const start = performance.now();
  const isOver = (): boolean => firstMs.size >= replicas || performance.now() - start > limitMs;
  const client = async (): Promise<void> => {
    while (!isOver()) {
      try {
        const { statusCode, body } = await dispatcher.request({
          origin: target.origin,
          path: target.pathname,
          method: "GET",
        });
        const text = await body.text();
        answers += 1;
        if (statusCode !== 200) failed.push(`${String(statusCode)} ${text}`);
        else if (!firstMs.has(text)) firstMs.set(text, performance.now() - start);
      } catch (error) {
        failed.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await dispatcher.close();
  const times = [...firstMs.values()].sort((a, b) => a - b);
  return { toReplica: (count) => times[count - 1] ?? Number.NaN, failed, answers };
}
