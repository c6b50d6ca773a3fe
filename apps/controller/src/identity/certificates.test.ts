import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { makeAuthority, openAuthority } from "./certificates.ts";

const nowMs = Date.UTC(2026, 0, 1);
const keyPem = (namedCurve: string): string =>
  generateKeyPairSync("ec", { namedCurve }).publicKey.export({ type: "spki", format: "pem" }).toString();

it("certifies a key under its name, for its time, for both sides of a connection", async () => {
  const files = await makeAuthority(nowMs);
  const authority = await openAuthority(files);
  const publicKey = keyPem("P-256");
  const issued = new X509Certificate(await authority.issue("sluice://node/n1", publicKey, nowMs, 3_600_000));
  const ca = new X509Certificate(files.certificate);
  expect([ca.ca, issued.ca]).toEqual([true, false]);
  expect(issued.checkIssued(ca)).toBe(true);
  expect(issued.verify(ca.publicKey)).toBe(true);
  expect(issued.subjectAltName).toBe("URI:sluice://node/n1");
  expect(issued.publicKey.export({ type: "spki", format: "pem" })).toBe(publicKey);
  expect(Date.parse(issued.validTo)).toBe(nowMs + 3_600_000);
  expect(issued.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  expect(issued.serialNumber).not.toBe(
    new X509Certificate(await authority.issue("sluice://node/n1", publicKey, nowMs, 1)).serialNumber,
  );
});

it("certifies nothing that is no key on its curve", async () => {
  const authority = await openAuthority(await makeAuthority(nowMs));
  for (const key of ["", "no key", keyPem("P-384")]) {
    await expect(authority.issue("sluice://node/n1", key, nowMs, 1_000)).rejects.toThrow("no public key");
  }
});
