import type { ConnectionHost } from "../http1/http1-connection.ts";

const reason = "This port speaks TLS. Use https:// instead of http:// in the address.";

/** Answers everything with that reason: for clients that speak plain HTTP to a port for TLS. */
export function plainTextHost(server: ConnectionHost): ConnectionHost {
  return {
    limits: server.limits,
    // Every answer is the last one of its connection.
    isStopping: true,
    get coarseNowMs() {
      return server.coarseNowMs;
    },
    onExchange: (exchange) => {
      const { headers, body } = server.faultAnswer(400, reason);
      exchange.answer(400, headers, body);
    },
    faultAnswer: (status) => server.faultAnswer(status, reason),
    // Its client could not read the reason.
    onHttp2: (socket) => socket.destroy(),
    onClosed: (connection) => server.onClosed(connection),
  };
}
