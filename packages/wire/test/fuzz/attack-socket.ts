import { createConnection } from "node:net";
import { mutate } from "./mutate.ts";
import { conversation, encodeAll } from "./random-frames.ts";
import type { Random } from "./random.ts";

/** The same against a listening socket of the kernel: sends, then ends, resets or waits. Settles when the connection is gone. */
export async function attackSocket(random: Random, path: string): Promise<string> {
  const { how, bytes } = mutate(random, encodeAll(conversation(random, "dialler")));
  return new Promise((resolve) => {
    const socket = createConnection({ path }, () => {
      socket.write(bytes);
      const left = random.next();
      if (left < 0.4) socket.end();
      else if (left < 0.6) socket.destroy();
      else setImmediate(() => socket.destroy());
    });
    if (random.chance(0.8)) socket.resume();
    // One that does not read would never see the end.
    else setTimeout(() => socket.destroy(), 5);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      resolve(how);
    });
  });
}
