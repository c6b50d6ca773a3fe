import { createServer } from "node:net";

/**
 * Below the ports that the kernel gives to outgoing connections (32768 and up on Linux) and that Kubernetes gives to
 * services (30000 and up): between this look and the program's own bind nobody else is likely to take one.
 */
const first = 20_000;
const count = 10_000;
const maxTries = 50;

/** A port of 127.0.0.1 that is free now. `random` is 0 to 1. */
export async function pickPort(random: () => number = Math.random): Promise<number> {
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const port = first + Math.floor(random() * count);
    if ((await tryListen(port)) !== null) return port;
  }
  const any = await tryListen(0);
  if (any === null) throw new Error("No port of 127.0.0.1 is free.");
  return any;
}

/** The port when it could be bound. */
function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}
