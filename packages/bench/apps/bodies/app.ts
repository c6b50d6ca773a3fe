import { deployment } from "@sluice/sdk";

/** Large bodies: POST counts the bytes it is sent as they come, `GET ?bytes=N` answers N bytes. */
class Bodies {
  readonly #made = new Map<number, Uint8Array>();

  async fetch(request: Request): Promise<string | Uint8Array> {
    return request.method === "POST" ? countBytes(request) : this.#bytes(request);
  }

  #bytes(request: Request): Uint8Array {
    const size = Number(new URL(request.url).searchParams.get("bytes"));
    const body = this.#made.get(size) ?? new Uint8Array(size).fill(120);
    this.#made.set(size, body);
    return body;
  }
}

async function countBytes(request: Request): Promise<string> {
  let received = 0;
  for await (const chunk of request.body ?? []) received += (chunk as Uint8Array).byteLength;
  return String(received);
}

export const app = deployment(Bodies, { maxOngoingRequests: 1000, rayActorOptions: { numCpus: 0.05 } }).bind();
