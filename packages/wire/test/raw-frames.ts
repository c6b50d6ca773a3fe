import type { Hello } from "../src/hello.ts";

/** What a peer of bytes says of itself. */
export const rawHello: Hello = {
  minVersion: 1,
  maxVersion: 1,
  role: 0,
  capabilities: 0,
  streamWindowBytes: 262_144,
  connectionWindowBytes: 67_108_864,
  maxFrameBytes: 262_144,
  maxStreams: 65_536,
  peerId: "raw",
  software: "",
};
