/** A client that writes what a test says, byte for byte, and reads answers strictly: one byte too many is an error. */
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class RawClient implements Disposable {
  readonly socket: Socket;
  /** Settles when the connection is closed in both directions. */
  readonly closed: Promise<void>;
  isClosed = false;
  /** The gateway has ended its direction, or all. */
  isEnded = false;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("end", () => {
      this.isEnded = true;
      this.#wake();
    });
    this.closed = new Promise((resolve) =>
      socket.on("close", () => {
        this.isClosed = this.isEnded = true;
        this.#wake();
        resolve();
      }),
    );
  }

  static async connect(port: number, options: { readonly allowHalfOpen?: boolean } = {}): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Head lines are joined by CRLF; `Host` is added. */
  request(firstLine: string, fields: readonly string[] = [], body: string | Buffer = ""): void {
    this.write(`${[firstLine, "Host: 127.0.0.1", ...fields].join("\r\n")}\r\n\r\n`);
    if (body.length > 0) this.write(body);
  }

  write(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next answer. `bodyless`: to HEAD. Rejects when the connection ends before it is complete. */
  async answer(bodyless = false): Promise<RawAnswer> {
    const head = await this.#until("\r\n\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`not an answer: ${JSON.stringify(head)}`);
    if (bodyless || status < 200 || status === 204 || status === 304) return { status, head, body: "" };
    const length = /\r\ncontent-length: (\d+)\r\n/.exec(head)?.[1];
    if (length !== undefined) return { status, head, body: (await this.#take(Number(length))).toString("latin1") };
    if (!head.includes("\r\ntransfer-encoding: chunked\r\n")) return { status, head, body: await this.rest() };
    let body = "";
    for (;;) {
      const size = Number.parseInt(await this.#until("\r\n"), 16);
      body += (await this.#take(size)).toString("latin1");
      if ((await this.#until("\r\n")) !== "\r\n") throw new Error("a chunk does not end where it should");
      if (size === 0) return { status, head, body };
    }
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<string> {
    while (!this.isEnded) await this.#more();
    return (await this.#take(this.#received.length)).toString("latin1");
  }

  /** Bytes that were received and not asked for. */
  get unread(): string {
    return this.#received.toString("latin1");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  async #until(mark: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(mark);
      if (at >= 0) return (await this.#take(at + mark.length)).toString("latin1");
      await this.#more();
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    while (this.#received.length < bytes) await this.#more();
    const taken = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    return taken;
  }

  #more(): Promise<void> {
    if (this.isEnded) throw new Error(`the connection ended; unread: ${JSON.stringify(this.unread.slice(0, 500))}`);
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
