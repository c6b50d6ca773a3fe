import { randomInt } from "node:crypto";

const digits = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Ray's form: 8 random lowercase letters and digits. 36^8 is 2.8e12, so a clash among 10,000 living ones is one in 10^5. */
export function freshReplicaId(): string {
  return Array.from({ length: 8 }, () => digits[randomInt(digits.length)]).join("");
}
