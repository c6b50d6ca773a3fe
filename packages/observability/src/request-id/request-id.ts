/**
 * Request ids that say what served them: `<time><life><count>.<revision>.<application>[.<choices>].<mac>`. Whoever has the cluster's
 * secret can tell a week later, without a look-up, which variant a request met, and that no client made the id up.
 *
 * - time: start in ms since 1970, base36, 9 digits, so that ids sort by time (until the year 5188)
 * - life, count: 6 digits base36 of the gateway process, then its running number in base36
 * - revision: base36
 * - application: its uuid in base64url, 22 characters
 * - choices: `node:variant` pairs, percent-encoded and joined by commas; left out when there are none
 * - mac: the first 96 bits of SHA-256(key || all before), base64url, 16 characters. Cutting the digest keeps its state secret, which
 *   is what appending to the message would need, so the plain keyed hash is enough (and four times as fast as HMAC here).
 */
import { createHash, hash, randomBytes, timingSafeEqual } from "node:crypto";

export interface RequestIdentity {
  /** ms since 1970. */
  readonly startedAtMs: number;
  readonly revision: number;
  readonly applicationId: string;
  readonly choices: readonly { readonly node: string; readonly variant: string }[];
}

export interface RequestIds {
  /** Names a request that has met no application yet. */
  next(nowMs: number): string;
  /** The full id of a request that `next` named. */
  seal(name: string, identity: Pick<RequestIdentity, "revision" | "applicationId" | "choices">): string;
}

const timeDigits = 9;
const lifeDigits = 6;
const macChars = 16;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids of one process. `secret` is the cluster's. */
export function createRequestIds(secret: string): RequestIds {
  const key = keyOf(secret);
  const life = randomBytes(6).readUIntBE(0, 6).toString(36).padStart(10, "0").slice(-lifeDigits);
  const applications = new Map<string, string>();
  let count = 0;
  return {
    next: (nowMs) => {
      count += 1;
      return `${Math.trunc(nowMs).toString(36).padStart(timeDigits, "0")}${life}${count.toString(36)}`;
    },
    seal: (name, { revision, applicationId, choices }) => {
      let application = applications.get(applicationId);
      if (application === undefined) applications.set(applicationId, (application = packUuid(applicationId)));
      const chosen = choices.length === 0 ? "" : `.${packChoices(choices)}`;
      const text = `${name}.${revision.toString(36)}.${application}${chosen}`;
      return `${text}.${macOf(key, text)}`;
    },
  };
}

/** What an id says; undefined when this cluster did not make it. */
export function readRequestId(secret: string, id: string): RequestIdentity | undefined {
  const parts = id.split(".");
  const mac = parts.pop() ?? "";
  const [name, revision, application, choices] = parts;
  if (name === undefined || revision === undefined || application === undefined || parts.length > 4) return undefined;
  const expected = Buffer.from(macOf(keyOf(secret), parts.join(".")));
  const given = Buffer.from(mac);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return {
    startedAtMs: Number.parseInt(name.slice(0, timeDigits), 36),
    revision: Number.parseInt(revision, 36),
    applicationId: unpackUuid(application),
    choices: choices === undefined ? [] : unpackChoices(choices),
  };
}

function keyOf(secret: string): string {
  return createHash("sha256").update(`sluice request id\n${secret}`).digest("hex");
}

function macOf(key: string, text: string): string {
  return hash("sha256", key + text, "base64url").slice(0, macChars);
}

/** An id that is no uuid is kept as it is behind a mark that base64url does not have. */
function packUuid(id: string): string {
  return uuid.test(id) ? Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url") : `~${encodePart(id)}`;
}

function unpackUuid(text: string): string {
  if (text.startsWith("~")) return decodeURIComponent(text.slice(1));
  const hex = Buffer.from(text, "base64url").toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function packChoices(choices: RequestIdentity["choices"]): string {
  return choices.map(({ node, variant }) => `${encodePart(node)}:${encodePart(variant)}`).join(",");
}

function unpackChoices(text: string): RequestIdentity["choices"] {
  return text.split(",").map((pair) => {
    const [node = "", variant = ""] = pair.split(":");
    return { node: decodeURIComponent(node), variant: decodeURIComponent(variant) };
  });
}

/** `encodeURIComponent` leaves dots, which separate the fields here. */
function encodePart(text: string): string {
  return encodeURIComponent(text).replaceAll(".", "%2E");
}
