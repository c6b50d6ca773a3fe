import { runEventStreams } from "../load/event-streams.ts";
import type { Workload } from "../measurement.ts";
import { percentile } from "../statistics.ts";

const clients = 50;
const tokens = 200;

/** Streams of tokens, each token sent by itself. */
export const stream: Workload = {
  id: "stream",
  title: "Server-sent events, one replica",
  method: `${String(clients)} clients read streams of ${String(tokens)} tokens one after the other; each token is made in its own turn of the event loop`,
  points: [
    {
      id: "stream/50",
      label: `${String(tokens)} tokens x ${String(clients)} clients`,
      metrics: [
        { name: "tokens", unit: "tokens/s" },
        { name: "first token p50", unit: "ms" },
        { name: "first token p99", unit: "ms" },
      ],
      fits: ({ endpoints }) => endpoints.stream !== undefined,
      measure: async ({ endpoints }, { seconds }) => {
        const url = endpoints.stream ?? "";
        await runEventStreams({ url, clients, tokens, durationMs: 1000 });
        const result = await runEventStreams({ url, clients, tokens, durationMs: seconds * 1000 });
        return {
          values: {
            tokens: result.tokensPerSecond,
            "first token p50": percentile(result.firstTokenMs, 0.5),
            "first token p99": percentile(result.firstTokenMs, 0.99),
          },
          errors: result.errors,
        };
      },
    },
  ],
};
