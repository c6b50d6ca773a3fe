import { expect, it } from "vitest";
import { seal, unseal } from "./seal.ts";

it("is opened with the same secret for the same purpose, unchanged, and not otherwise", () => {
  const sealed = seal("secret", "ca", "the key");
  expect(unseal("secret", "ca", sealed)).toBe("the key");
  expect(sealed).not.toBe(seal("secret", "ca", "the key"));
  expect(() => unseal("other", "ca", sealed)).toThrow();
  expect(() => unseal("secret", "else", sealed)).toThrow();
  const bytes = Buffer.from(sealed, "base64");
  bytes[14] = (bytes[14] ?? 0) ^ 1;
  expect(() => unseal("secret", "ca", bytes.toString("base64"))).toThrow();
});
