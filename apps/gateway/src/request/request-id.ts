import { randomBytes } from "node:crypto";

/**
 * Ids of requests: 9 digits base36 of the start time in ms (so they sort by time), 6 of this gateway's life, then a counter.
 * Unique without a look-up; cheap enough for every request.
 */
export function createRequestIds(): (nowMs: number) => string {
  const life = randomBytes(6).readUIntBE(0, 6).toString(36).padStart(10, "0").slice(-6);
  let counter = 0;
  return (nowMs) => {
    counter += 1;
    return `${Math.trunc(nowMs).toString(36).padStart(9, "0")}${life}${counter.toString(36)}`;
  };
}
