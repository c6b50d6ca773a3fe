import { Socket } from "node:net";

/**
 * Reading without garbage. By default every read of a socket is memory of its own, 64 KiB of it: then large bodies keep the
 * garbage collector busy with memory that it hardly sees, and no byte is ever found in a cache of the processor. Here all sockets of
 * this thread read into the same memory, one after the other, and each lends what it has read to its reader for the length of a call.
 *
 * Invariant: a reader copies what it wants to keep. `scribbleOverReads` makes tests fail where one does not.
 */

/** Bytes of one read: a DATA frame fits, and all of it fits into the second-level cache of a core. */
const READ_BYTES = 131_072;
const memory = Buffer.allocUnsafeSlow(READ_BYTES);

/** Takes bytes as they are read; after the call the memory holds others. */
export type ReadLent = (lent: Buffer) => void;

/** `onread` of node:net. */
export type OnRead = { readonly buffer: Uint8Array; readonly callback: (bytes: number) => boolean };

type Loan = { take: ReadLent };

const loans = new WeakMap<Socket, Loan>();
let isScribbling = false;

/** Makes a socket that lends what it reads; `make` hands the option to node:net. Nothing may arrive before `readLent`. */
export function makeLendingSocket<Made extends Socket>(make: (onread: OnRead) => Made): Made {
  const loan: Loan = { take: () => undefined };
  const callback = (bytes: number): boolean => {
    loan.take(memory.subarray(0, bytes));
    if (isScribbling) memory.fill(0xdb, 0, bytes);
    return true;
  };
  const socket = make({ buffer: memory, callback });
  loans.set(socket, loan);
  return socket;
}

/**
 * The socket of an accepted connection, lending; to be called as it is accepted. Node's servers know no `onread`, so a second
 * socket takes the connection over from the one that was given. That one then only counts for `server.close()`.
 */
export function lendAccepted(accepted: Socket, allowHalfOpen: boolean): Socket {
  const given = accepted as unknown as { _handle?: object | null };
  const handle = given._handle;
  if (handle === undefined || handle === null) return accepted;
  given._handle = null;
  const socket = makeLendingSocket((onread) => new Socket({ handle, allowHalfOpen, onread } as object));
  socket.once("close", () => accepted.destroy());
  return socket;
}

/** Hands what the socket reads to `take`, from now on and in place of who had it before. Any socket will do. */
export function readLent(socket: Socket, take: ReadLent): void {
  const loan = loans.get(socket);
  if (loan === undefined) socket.on("data", take);
  else loan.take = take;
}

/** The socket is given to somebody who reads it in another way. */
export function stopReadingLent(socket: Socket, take: ReadLent): void {
  const loan = loans.get(socket);
  if (loan === undefined) socket.off("data", take);
  else if (loan.take === take) loan.take = () => undefined;
}

/** For tests: what was lent is overwritten as soon as the call is over, so that nobody who kept it goes unnoticed. */
export function scribbleOverReads(): void {
  isScribbling = true;
}
