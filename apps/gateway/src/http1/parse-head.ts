/**
 * The head of an HTTP/1.1 request (RFC 9112), read strictly: whatever two parsers could understand differently is refused, since
 * a request that means one thing here and another behind is how requests are smuggled.
 */
import { fieldNameOf, FieldRole, isToken } from "./field-name.ts";

export interface ParsedHead {
  readonly kind: "head";
  readonly method: string;
  /** Path and query; an absolute target is cut to that and its authority stands in `host`. */
  readonly target: string;
  readonly host: string | undefined;
  /** Pairs to pass on, names in lower case. */
  readonly headers: string[];
  /** Announced length of the body, 0 without one, -1 when it comes in chunks. */
  readonly bodyBytes: number;
  /** The client speaks HTTP/1.0: no chunks may be sent to it. */
  readonly isOld: boolean;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  /** The protocol to change to: "websocket", or "" for none. Other offers are passed over, as RFC 9110 7.8 allows. */
  readonly upgrade: string;
}

export interface HeadFault {
  readonly kind: "fault";
  readonly status: 400 | 417 | 501 | 505;
  readonly reason: string;
}

/** Anything but visible characters, space, tab and complete line ends; obs-text (RFC 9110 5.5) is allowed in values. */
const illegal = /[^\t\x20-\x7e\x80-\xff\r\n]|\r(?!\n)|(?<!\r)\n/;
const illegalTarget = /[^\x21-\x7e]|#/;
/** What neither a name, an IP literal nor a port has (RFC 3986 3.2.2). */
const illegalHost = /[^\w\-.~%!$&'()*+,;=:[\]]/;
const digits = /^\d{1,15}$/;
const absolute = /^https?:\/\/([^/?]+)(.*)$/i;
const commonMethods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]);
/** Longest name of a method; the registered ones have at most 17 characters. */
const maxMethodLength = 32;

/** `text` is the head without the empty line at its end, each byte as one character (latin1). */
export function parseHead(text: string): ParsedHead | HeadFault {
  if (illegal.test(text)) return fault("The head has a character that HTTP does not allow there.");
  let lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) lineEnd = text.length;
  const methodEnd = text.indexOf(" ");
  const targetEnd = text.indexOf(" ", methodEnd + 1);
  if (methodEnd <= 0 || targetEnd < 0 || targetEnd > lineEnd)
    return fault("The first line is not `METHOD target HTTP/1.1`.");
  const version = text.slice(targetEnd + 1, lineEnd);
  const isOld = version === "HTTP/1.0";
  if (version !== "HTTP/1.1" && !isOld) return versionFault(version);
  const method = text.slice(0, methodEnd);
  if (!commonMethods.has(method)) {
    if (method.length > maxMethodLength || !isToken(method)) return fault("The method is not a token.");
    if (method === "CONNECT" || method === "TRACE") return fault(`The method ${method} is not served here.`, 501);
  }
  let target = text.slice(methodEnd + 1, targetEnd);
  if (illegalTarget.test(target)) return fault("The target has a character that must be percent-encoded.");

  const headers: string[] = [];
  let authority: string | undefined;
  let host: string | undefined;
  let length: string | undefined;
  let coding: string | undefined;
  let connection = "";
  let upgrade = "";
  let expects = "";
  let at = lineEnd + 2;
  while (at < text.length) {
    let end = text.indexOf("\r\n", at);
    if (end < 0) end = text.length;
    const colon = text.indexOf(":", at);
    const field = colon < 0 || colon > end ? undefined : fieldNameOf(text.slice(at, colon));
    if (field === undefined) return fault("A header line is not `name: value`.");
    const value = trimmed(text, colon + 1, end);
    at = end + 2;
    switch (field.role) {
      case FieldRole.ordinary:
        headers.push(field.name, value);
        break;
      case FieldRole.host:
        if (host !== undefined) return fault("There is more than one Host.");
        host = value;
        break;
      case FieldRole.contentLength:
        if (length !== undefined || !digits.test(value)) return fault("Content-Length must be one number.");
        if (text.slice(colon, end).includes("\t")) return fault(tabBesideFraming);
        length = value;
        headers.push(field.name, value);
        break;
      case FieldRole.transferEncoding:
        if (coding !== undefined) return fault("There is more than one Transfer-Encoding.");
        if (text.slice(colon, end).includes("\t")) return fault(tabBesideFraming);
        coding = value.toLowerCase();
        break;
      case FieldRole.connection:
        connection = connection === "" ? value.toLowerCase() : `${connection},${value.toLowerCase()}`;
        break;
      case FieldRole.upgrade:
        upgrade = value.toLowerCase();
        break;
      case FieldRole.expect:
        expects = expects === "" && value !== "" ? value.toLowerCase() : "none, or more than one";
        break;
      case FieldRole.hopByHop:
        break;
    }
  }
  if (target.charCodeAt(0) !== slash && !(target === "*" && method === "OPTIONS")) {
    const parts = absolute.exec(target);
    if (parts === null) return fault("The target must begin with a slash.");
    authority = parts[1];
    target = parts[2] === "" || parts[2]?.startsWith("?") === true ? `/${parts[2]}` : (parts[2] ?? "/");
  }
  if (host === undefined && !isOld) return fault("The Host header is missing.");
  const effectiveHost = authority ?? host;
  if ((host !== undefined && illegalHost.test(host)) || (authority !== undefined && illegalHost.test(authority)))
    return fault("The Host has a character that a host's name cannot have.");
  if (coding !== undefined) {
    if (isOld || length !== undefined) return fault("Transfer-Encoding does not go with Content-Length or HTTP/1.0.");
    if (coding !== "chunked") return fault("The only Transfer-Encoding taken is chunked.", 501);
  }
  if (expects !== "" && expects !== "100-continue") return fault("The only expectation met is 100-continue.", 417);
  const tokens = tokensOf(connection);
  const bodyBytes = coding !== undefined ? -1 : length === undefined ? 0 : Number(length);
  if (effectiveHost !== undefined) headers.push("host", effectiveHost);
  return {
    kind: "head",
    method,
    target,
    host: effectiveHost,
    headers: tokens.length === 0 ? headers : withoutNamed(headers, tokens),
    bodyBytes,
    isOld,
    keepAlive: !tokens.includes("close") && (!isOld || tokens.includes("keep-alive")),
    expectsContinue: expects !== "" && !isOld,
    upgrade: upgrade === "websocket" && tokens.includes("upgrade") && bodyBytes === 0 && !isOld ? upgrade : "",
  };
}

/** Parsers differ about that, and so about where the body ends. */
const tabBesideFraming = "A tab stands beside Content-Length or Transfer-Encoding.";
const slash = 0x2f;
const noTokens: readonly string[] = [];
const keepAliveToken: readonly string[] = ["keep-alive"];

/** The members of a `Connection` in lower case. Most clients send none, or the same one always. */
function tokensOf(connection: string): readonly string[] {
  if (connection === "") return noTokens;
  if (connection === "keep-alive") return keepAliveToken;
  return connection.split(",").map((each) => each.trim());
}

function fault(reason: string, status: HeadFault["status"] = 400): HeadFault {
  return { kind: "fault", status, reason };
}

function versionFault(version: string): HeadFault {
  return /^HTTP\/\d/.test(version)
    ? fault("Only HTTP/1.1, HTTP/1.0 and HTTP/2 are spoken here.", 505)
    : fault("The first line is not `METHOD target HTTP/1.1`.");
}

/** The part between two positions without the spaces and tabs around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** What `Connection` names speaks about this connection only (RFC 9110 7.6.1). */
function withoutNamed(headers: string[], tokens: readonly string[]): string[] {
  if (tokens.every((each) => each === "close" || each === "keep-alive" || each === "upgrade")) return headers;
  return headers.filter((_, index) => {
    const name = headers[index - (index % 2)] ?? "";
    return !tokens.includes(name) || name === "host" || name === "content-length";
  });
}
