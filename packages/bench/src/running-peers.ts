/** Sides that run now: whoever ends the bench early leaves none of them behind. */
import type { Peer, RunningPeer } from "./peers/peer.ts";

const running = new Set<RunningPeer>();

export async function startPeer(peer: Peer): Promise<RunningPeer> {
  const started = await peer.start();
  running.add(started);
  return started;
}

/** Latest started first. */
export async function stopPeers(): Promise<void> {
  for (const peer of [...running].reverse()) {
    running.delete(peer);
    await peer[Symbol.asyncDispose]();
  }
}

/** Ctrl-C and SIGTERM stop what runs, and then this process. */
export function stopPeersOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void stopPeers().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }
}
