import { setImmediate as nextTurn } from "node:timers/promises";
import { deployment } from "@sluice/sdk";

const tokens = 200;

/** Server-sent events: 200 tokens, each produced in its own turn of the event loop. */
class Stream {
  fetch(): Response {
    const encoder = new TextEncoder();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        if (sent === tokens) return controller.close();
        controller.enqueue(encoder.encode(`data: token ${String(sent)}\n\n`));
        sent += 1;
        await nextTurn();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

export const app = deployment(Stream, { maxOngoingRequests: 1000, rayActorOptions: { numCpus: 0.05 } }).bind();
