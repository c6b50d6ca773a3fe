import { deployment } from "@sluice/sdk";

/** Throws any value, as user code may. */
function raise(value: unknown): never {
  throw value;
}

/** Each path shows one thing that a handler may do. */
class App {
  #config: unknown = null;
  #isHealthy = true;
  #isHanging = false;
  #release: (() => void)[] = [];

  reconfigure(config: unknown): void {
    if (config === "refused") throw new Error("this config is refused");
    this.#config = config;
  }

  async checkHealth(): Promise<void> {
    if (this.#isHanging) await new Promise(() => undefined);
    if (!this.#isHealthy) throw new Error("the disk is gone");
  }

  dispose(): void {
    console.log("disposed");
  }

  add(left: number, right: number): number {
    return left + right;
  }

  fail(): never {
    throw new RangeError("out of range");
  }

  fetch(request: Request): unknown {
    const path = new URL(request.url).pathname.replace("/app", "");
    switch (path) {
      case "/text":
        return "héllo";
      case "/nothing":
        return undefined;
      case "/bytes":
        return new Uint8Array([1, 2, 3]);
      case "/config":
        return { config: this.#config };
      case "/throw":
        throw new Error("kaboom in user code");
      case "/reject":
        return Promise.reject(new Error("rejected in user code"));
      case "/not-found":
        return raise(new Response("no such thing", { status: 404 }));
      case "/echo":
        return request.json();
      case "/proxy":
        return new Request(request).text();
      case "/lazy":
        return {
          isRequest: request instanceof Request,
          method: request.method,
          host: request.headers.get("host"),
          cloned: request.clone().url === request.url,
        };
      case "/created":
        return Response.json({ id: 7 }, { status: 201, headers: { "x-made-by": "test" } });
      case "/stream":
        return new Response(
          new ReadableStream({
            start(controller) {
              for (let part = 0; part < 3; part += 1) controller.enqueue(new TextEncoder().encode(`part ${part}\n`));
              controller.close();
            },
          }),
          { headers: { "content-type": "text/event-stream" } },
        );
      case "/large":
        return new Response("x".repeat(3_000_000));
      case "/wait":
        // Answers when `/release` is called, or notices that the caller has gone.
        return new Promise((resolve) => {
          this.#release.push(() => resolve("released"));
          request.signal.addEventListener("abort", () => {
            console.log("aborted");
            resolve("aborted");
          });
        });
      case "/until-sigterm":
        return new Promise((resolve) =>
          process.once("SIGTERM", () => setTimeout(() => resolve("finished after SIGTERM"), 100)),
        );
      case "/release":
        for (const release of this.#release.splice(0)) release();
        return "ok";
      case "/sicken":
        this.#isHealthy = false;
        return "ok";
      case "/hang-checks":
        this.#isHanging = true;
        return "ok";
      case "/crash":
        setTimeout(() => {
          throw new Error("crash outside a request");
        });
        return "crashing";
      default:
        return { message: "Hello from Sluice!" };
    }
  }
}

export const app = deployment(App, { rayActorOptions: { numCpus: 0.1 } }).bind();
