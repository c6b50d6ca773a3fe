import type { Socket } from "node:net";

/** Time that a closing socket has to take the last GOAWAY. */
const LAST_WRITE_MS = 1_000;

/** Closes our direction and waits for the peer's, so that the last frames are not lost to a reset; but not for long. */
export function closeSocket(socket: Socket): void {
  if (socket.destroyed || socket.writableEnded) return;
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LAST_WRITE_MS);
  socket.once("close", () => {
    clearTimeout(timer);
  });
}
