/** What a client may send on one connection: valid, slightly broken and hostile requests, the same for the same seed. Pure. */

/** A source of numbers in [0, 1) that repeats itself for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The bytes of one connection, as pieces in the order in which they arrive. */
export function generateTraffic(seed: number): readonly Buffer[] {
  const pick = new Picker(seededRandom(seed));
  let text = "";
  for (let left = 1 + pick.below(4); left > 0; left -= 1) {
    if (pick.happens(0.08)) text += pick.of(["\r\n", "\n", "\r", "\r\n\r\n", " ", "\0"]);
    text += pick.happens(0.75) ? validRequest(pick) : oddRequest(pick);
  }
  for (let left = pick.happens(0.5) ? 1 + pick.below(3) : 0; left > 0; left -= 1) text = mutate(text, pick);
  return cut(Buffer.from(text, "latin1"), pick);
}

class Picker {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  happens(probability: number): boolean {
    return this.#random() < probability;
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }
}

/** Bodies that look like requests: whoever loses count of bytes will see one. */
const decoys = [
  "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
  "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
] as const;

function bodyText(pick: Picker): string {
  return pick.of(["", "a", "hello", "\r\n", "0\r\n\r\n", decoys[0], decoys[1], "x".repeat(pick.below(300)), "\0\xff"]);
}

function validRequest(pick: Picker): string {
  const method = pick.of(["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"]);
  const target = pick.of([
    "/",
    "/a",
    "/a?b=c",
    "/%20%0d%0a",
    "/..//x",
    "http://other:1/y?z",
    "http://other",
    "/:@!$&'()*+,;=",
  ]);
  const version = pick.of(["1.1", "1.1", "1.1", "1.1", "1.0"]);
  const fields = ["Host: h"];
  for (let left = pick.below(4); left > 0; left -= 1) fields.push(ordinaryField(pick));
  if (pick.happens(0.2))
    fields.push(
      pick.of(["Connection: close", "Connection: keep-alive", "Connection: x-hop", "connection: Keep-Alive, x-a"]),
    );
  if (pick.happens(0.03)) fields.push("Expect: 100-continue");
  const body = bodyText(pick);
  if (version === "1.1" && pick.happens(0.35)) {
    fields.push(pick.of(["Transfer-Encoding: chunked", "transfer-encoding:chunked", "Transfer-Encoding:  Chunked "]));
    return head(method, target, version, fields, pick) + chunks(body, pick);
  }
  if (body !== "" || pick.happens(0.2)) fields.push(`Content-Length: ${String(body.length)}`);
  return head(method, target, version, fields, pick) + body;
}

function ordinaryField(pick: Picker): string {
  const name = pick.of([
    "X-A",
    "x-b",
    "Accept",
    "Cookie",
    "User-Agent",
    "constructor",
    "!#$%&'*+-.^_`|~",
    "X-Hop",
    "TE",
  ]);
  const value = pick.of([
    "1",
    "",
    "a b",
    "\ta\t",
    "caf\xe9",
    "a, b",
    '"q\\""',
    "chunked",
    "x".repeat(pick.below(200)),
    ":",
  ]);
  return `${name}:${pick.of(["", " ", "  ", "\t"])}${value}`;
}

function head(method: string, target: string, version: string, fields: string[], pick: Picker): string {
  // The order of fields must not matter.
  if (fields.length > 1 && pick.happens(0.5)) fields.push(fields.shift() ?? "");
  return `${method} ${target} HTTP/${version}\r\n${fields.join("\r\n")}\r\n\r\n`;
}

function chunks(body: string, pick: Picker): string {
  let text = "";
  for (let at = 0; at < body.length;) {
    const size = Math.min(body.length - at, 1 + pick.below(40));
    const digits = size.toString(16);
    text += `${pick.of([digits, digits, digits.toUpperCase(), `0${digits}`])}${extension(pick)}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}${pick.of(["0", "0", "00"])}${extension(pick)}\r\n${pick.of(["", "", "", "X-Trailer: 1\r\n", "a:\r\nb: c\r\n"])}\r\n`;
}

function extension(pick: Picker): string {
  return pick.happens(0.85) ? "" : pick.of([";a", ";a=b", ';a="b c"', ";a;b=1"]);
}

/** Whatever was once used to make two parsers disagree. */
function oddRequest(pick: Picker): string {
  const body = bodyText(pick);
  const length = String(body.length);
  const firstLine = pick.of([
    "GET / HTTP/1.1",
    "POST / HTTP/1.1",
    "GET  / HTTP/1.1",
    "GET / HTTP/1.1 ",
    "GET /\tHTTP/1.1",
    "GET / HTTP/1.2",
    "GET / HTTP/0.9",
    "GET /",
    "GET / http/1.1",
    "GET /\xe9 HTTP/1.1",
    "GET /a#b HTTP/1.1",
    "GET * HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET a HTTP/1.1",
    "CONNECT h:80 HTTP/1.1",
    "TRACE / HTTP/1.1",
    "get / HTTP/1.1",
    "BREW / HTTP/1.1",
    "PROPFIND / HTTP/1.1",
    "PRI * HTTP/2.0",
    "GET ftp://h/ HTTP/1.1",
    "GET http://me@h/ HTTP/1.1",
    "GET http:///x HTTP/1.1",
    "HTTP/1.1 200 OK",
  ]);
  const fields: string[] = [
    pick.of(["Host: h", "Host: h", "Host: h", "Host:", "Host: h i", "X: no host", "Host: h\r\nHost: i"]),
  ];
  for (let left = 1 + pick.below(3); left > 0; left -= 1) fields.push(oddField(length, pick));
  const tail = pick.of([body, chunks(body, pick), `${body}${decoys[0]}`, oddChunks(body, pick)]);
  return `${firstLine}\r\n${fields.join(pick.happens(0.95) ? "\r\n" : "\n")}\r\n\r\n${tail}`;
}

function oddField(length: string, pick: Picker): string {
  return pick.of([
    `Content-Length: ${length}`,
    `Content-Length: ${length}\r\nContent-Length: ${length}`,
    `Content-Length: ${length}\r\nContent-Length: 0`,
    `Content-Length: ${length}, ${length}`,
    `Content-Length: +${length}`,
    `Content-Length: -${length}`,
    `Content-Length: 0${length}`,
    `Content-Length: ${length}.0`,
    `Content-Length: 0x${length}`,
    `Content-Length : ${length}`,
    `Content-Length:\v${length}`,
    `Content-Length: ${length}\0`,
    `Content-Length: 1${"0".repeat(pick.below(25))}`,
    "Content-Length:",
    `content-length:${length}`,
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding:\tchunked\t",
    "Transfer-Encoding: \vchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    " Transfer-Encoding: chunked",
    "X: a\r\n Transfer-Encoding: chunked",
    "X: a\rTransfer-Encoding: chunked",
    "X: a\nTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding:",
    "\0Transfer-Encoding: chunked",
    "Connection: content-length",
    "Connection: transfer-encoding",
    "Connection: close, keep-alive",
    "Connection: upgrade\r\nUpgrade: websocket",
    "Connection: upgrade\r\nUpgrade: h2c",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "Expect: x",
    "X: \0",
    "X: \x7f",
    "X",
    ": x",
    "X:",
    `X: ${"y".repeat(pick.below(20_000))}`,
  ]);
}

function oddChunks(body: string, pick: Picker): string {
  const size = body.length.toString(16);
  return pick.of([
    `${size} \r\n${body}\r\n0\r\n\r\n`,
    ` ${size}\r\n${body}\r\n0\r\n\r\n`,
    `${size}\n${body}\n0\n\n`,
    `${size}\r\n${body}\n0\r\n\r\n`,
    `${size}\r\n${body}0\r\n\r\n`,
    `0x${size}\r\n${body}\r\n0\r\n\r\n`,
    `+${size}\r\n${body}\r\n0\r\n\r\n`,
    `${"0".repeat(pick.below(20))}${size}\r\n${body}\r\n0\r\n\r\n`,
    `ffffffff${size}\r\n${body}\r\n0\r\n\r\n`,
    `${size};a\nb\r\n${body}\r\n0\r\n\r\n`,
    `${size};a\rb\r\n${body}\r\n0\r\n\r\n`,
    `${size} ;a=b\r\n${body}\r\n0\r\n\r\n`,
    `${size}; a = b\r\n${body}\r\n0\r\n\r\n`,
    `${size};\r\n${body}\r\n0\r\n\r\n`,
    `${size};a="\xe9"\r\n${body}\r\n0\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\n${decoys[0]}`,
    `${size}\r\n${body}\r\n0\r\nContent-Length: 5\r\nHost: x\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\nx : y\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\nx: y\r\n z\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\nx: \0\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\n\n`,
    `${size}\r\n${body}\r\n\r\n`,
  ]);
}

const specials = ["\r", "\n", "\r\n", " ", "\t", "\0", ":", ",", ";", "0", "f", "\x80", "\v", "\x7f"] as const;

function mutate(text: string, pick: Picker): string {
  const at = pick.below(text.length + 1);
  const length = 1 + pick.below(3);
  switch (pick.below(5)) {
    case 0:
      return text.slice(0, at) + pick.of(specials) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + pick.of(specials) + text.slice(at + 1);
    case 3:
      return text.slice(0, at + 10) + text.slice(at);
    default:
      return text.slice(0, at) + String.fromCharCode(pick.below(256)) + text.slice(at + 1);
  }
}

function cut(bytes: Buffer, pick: Picker): readonly Buffer[] {
  if (bytes.length < 300 && pick.happens(0.05)) return [...bytes].map((byte) => Buffer.of(byte));
  const ends = Array.from({ length: pick.below(5) }, () => pick.below(bytes.length + 1)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}
