/** What a header field means to the edge itself. */
export const FieldRole = {
  /** Passed on as it is. */
  ordinary: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  upgrade: 5,
  expect: 6,
  /** Speaks about one connection (RFC 9110 7.6.1): dropped. */
  hopByHop: 7,
} as const;
export type FieldRole = (typeof FieldRole)[keyof typeof FieldRole];

export interface FieldName {
  /** In lower case. */
  readonly name: string;
  readonly role: FieldRole;
}

/** A Map, since a client may well send a header named `constructor`. */
const roles: ReadonlyMap<string, FieldRole> = new Map<string, FieldRole>([
  ["host", FieldRole.host],
  ["content-length", FieldRole.contentLength],
  ["transfer-encoding", FieldRole.transferEncoding],
  ["connection", FieldRole.connection],
  ["upgrade", FieldRole.upgrade],
  ["expect", FieldRole.expect],
  ["keep-alive", FieldRole.hopByHop],
  ["proxy-connection", FieldRole.hopByHop],
  ["proxy-authenticate", FieldRole.hopByHop],
  ["proxy-authorization", FieldRole.hopByHop],
  ["te", FieldRole.hopByHop],
  ["trailer", FieldRole.hopByHop],
  ["http2-settings", FieldRole.hopByHop],
]);

/** RFC 9110 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Names repeat from request to request. A client that invents new or long ones must not make this grow. */
const knownLimit = 1_024;
const knownLength = 64;
const known = new Map<string, FieldName>();

/** Judges a field name as it was sent; undefined when it is not one. */
export function fieldNameOf(raw: string): FieldName | undefined {
  const found = known.get(raw);
  if (found !== undefined) return found;
  if (!token.test(raw)) return undefined;
  if (known.size >= knownLimit || raw.length > knownLength) return describe(raw);
  // A copy: a part of a head that is kept would keep the whole head in memory, secrets included.
  const own = Buffer.from(raw, "latin1").toString("latin1");
  const field = describe(own);
  known.set(own, field);
  return field;
}

function describe(raw: string): FieldName {
  const name = raw.toLowerCase();
  return { name, role: roles.get(name) ?? FieldRole.ordinary };
}

/** True for a name that an answer must not take over from the replica's: the edge frames the body itself. */
export function isConnectionField(name: string): boolean {
  const field = fieldNameOf(name);
  return (
    field !== undefined &&
    (field.role >= FieldRole.hopByHop ||
      field.role === FieldRole.connection ||
      field.role === FieldRole.transferEncoding ||
      field.role === FieldRole.upgrade)
  );
}

export function isToken(text: string): boolean {
  return token.test(text);
}
