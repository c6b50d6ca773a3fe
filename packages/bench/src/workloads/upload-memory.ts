import { Readable } from "node:stream";
import { request } from "undici";
import type { Workload } from "../measurement.ts";
import { residentBytes } from "../product/memory.ts";

const bytes = 100_000_000;
const megabyte = 1e6;
const sampleEveryMs = 10;

/** How much memory a body of 100 MB takes on its way: it has to stream, not to be collected. */
export const uploadMemory: Workload = {
  id: "upload-memory",
  title: "Memory while 100 MB are uploaded",
  method: `VmRSS of gateway and replica, every ${String(sampleEveryMs)} ms, highest during the upload less the value before it; the upload before the first is warm-up`,
  points: [
    {
      id: "upload-memory/100",
      label: "100 MB up, one client",
      metrics: [
        { name: "gateway growth", unit: "MB" },
        { name: "replica growth", unit: "MB" },
        { name: "throughput", unit: "MB/s" },
      ],
      fits: ({ dataPathPids }) => dataPathPids !== undefined,
      measure: async ({ dataPathPids, endpoints }) => {
        const pids = (await dataPathPids?.("bodies")) ?? { gateway: [], replica: [] };
        const read = async () => ({
          gateway: await residentBytes(pids.gateway),
          replica: await residentBytes(pids.replica),
        });
        const url = endpoints.upload ?? "";
        await upload(url);
        const before = await read();
        const highest = { ...before };
        const sample = async (): Promise<void> => {
          const now = await read();
          highest.gateway = Math.max(highest.gateway, now.gateway);
          highest.replica = Math.max(highest.replica, now.replica);
        };
        let isDone = false;
        const watching = (async () => {
          while (!isDone) {
            await sample();
            await new Promise<void>((resolve) => setTimeout(resolve, sampleEveryMs));
          }
        })();
        const startMs = performance.now();
        const isOk = await upload(url);
        const seconds = (performance.now() - startMs) / 1000;
        isDone = true;
        await watching;
        return {
          values: {
            "gateway growth": (highest.gateway - before.gateway) / megabyte,
            "replica growth": (highest.replica - before.replica) / megabyte,
            throughput: bytes / 1e6 / seconds,
          },
          errors: isOk ? 0 : 1,
        };
      },
    },
  ],
};

/** True when the side counted every byte. The body is made piece by piece, so that this process does not hold it either. */
async function upload(url: string): Promise<boolean> {
  const piece = new Uint8Array(64 * 1024).fill(120);
  const answer = await request(url, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "content-length": String(bytes) },
    body: Readable.from(pieces(piece)),
  });
  const text = await answer.body.text();
  return answer.statusCode === 200 && text === String(bytes);
}

async function* pieces(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= piece.length) yield left >= piece.length ? piece : piece.subarray(0, left);
}
