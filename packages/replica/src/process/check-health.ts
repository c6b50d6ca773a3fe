import { get } from "node:http";

/** How much of an answer is read, so that the program can finish sending it. */
const maxBodyBytes = 1024 * 1024;

export interface HealthTarget {
  readonly port: number;
  readonly path: string;
}

/**
 * Asks a program whether it is well: 200 to 399 is yes, as everywhere. Each time over a new connection, which a program that
 * no longer accepts any cannot answer. Rejects with the reason.
 */
export function checkHealth({ port, path }: HealthTarget, timeoutMs: number): Promise<void> {
  const what = `GET ${path}`;
  return new Promise((resolve, reject) => {
    const headers = { host: "127.0.0.1", "user-agent": "sluice-health", connection: "close" };
    const request = get({ host: "127.0.0.1", port, path, agent: false, headers }, (answer) => {
      const status = answer.statusCode ?? 0;
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) answer.destroy();
      });
      answer.on("error", () => undefined);
      answer.on("close", () => {
        clearTimeout(timer);
        if (status >= 200 && status < 400) resolve();
        else reject(new Error(`${what} answered ${status}`));
      });
    });
    const timer = setTimeout(() => {
      reject(new Error(`${what} was not answered within ${timeoutMs / 1_000} s`));
      request.destroy();
    }, timeoutMs);
    request.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new Error(`${what} failed: ${reasonOf(error, port)}`));
    });
  });
}

function reasonOf(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === "ECONNREFUSED") return `nothing listens on port ${port}`;
  if (error.code?.startsWith("HPE_") === true) return `the answer is not HTTP (${error.message})`;
  if (error.code === "ECONNRESET") return "the program closed the connection without an answer";
  return error.message;
}
