/** X.509 certificates for tests, written as DER (RFC 5280) and signed by node:crypto, so that none lie in the repository. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export type TestCertificate = { readonly cert: string; readonly key: string };
export type TestAuthority = TestCertificate & { readonly name: string; readonly privateKey: KeyObject };

/** `notAfter` in years from 2020; certificates are valid from the start of 2020. */
type Make = { readonly name: string; readonly uris?: readonly string[]; readonly untilYear?: number };

export function makeAuthority(name = "test CA"): TestAuthority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const cert = certify({ name }, publicKey, { name, privateKey }, true);
  return { cert, key: pemOf(privateKey), name, privateKey };
}

/** A certificate for a peer with these URI names. */
export function makePeer(authority: TestAuthority, make: Make): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { cert: certify(make, publicKey, authority, false), key: pemOf(privateKey) };
}

const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function certify(
  { name, uris = [], untilYear = 2100 }: Make,
  publicKey: KeyObject,
  issuer: { readonly name: string; readonly privateKey: KeyObject },
  isAuthority: boolean,
): string {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const extensions = [
    // basicConstraints, critical
    sequence(
      oid("2.5.29.19"),
      der(0x01, Buffer.from([0xff])),
      octets(sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))),
    ),
  ];
  if (uris.length > 0) {
    extensions.push(sequence(oid("2.5.29.17"), octets(sequence(...uris.map((uri) => der(0x86, Buffer.from(uri)))))));
  }
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer.name),
    sequence(der(0x18, Buffer.from("20200101000000Z")), der(0x18, Buffer.from(`${untilYear}0101000000Z`))),
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x80 ? [] : length < 0x100 ? [0x81] : [0x82, length >> 8];
  return Buffer.concat([Buffer.from([tag, ...long, length & 0xff]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const octets = (content: Buffer): Buffer => der(0x04, content);

/** A distinguished name of one common name. */
const nameOf = (name: string): Buffer => sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(name)))));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}
