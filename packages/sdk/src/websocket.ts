/**
 * A client's WebSocket, as the method `websocket(socket, request)` of an ingress gets it. Messages are read with `for await`; the
 * client is read no faster than that. The socket is closed when the method returns (1000) or throws (1011).
 */
export interface ServerWebSocket extends AsyncIterable<string | Uint8Array> {
  /** Sub-protocol that was agreed on, "" for none. */
  readonly protocol: string;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Sends a message: text as text, bytes as bytes. Settles when the client may be sent more; at once when it is gone. */
  send(message: string | Uint8Array): Promise<void>;
  /** Ends the conversation. `code`: 1000 (the default), or 3000 to 4999; `reason` has at most 123 bytes. */
  close(code?: number, reason?: string): void;
}
