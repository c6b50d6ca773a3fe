import { httpRequestHead } from "@sluice/wire";
import { describe, expect, it } from "vitest";
import { planAnswerHeaders, planForwardedHeaders, planTarget } from "./forwarded-headers.ts";
import { parseListeners } from "./listening-ports.ts";

describe("planTarget", () => {
  it.each([
    ["/app/predict?x=1", "/app", "/predict?x=1"],
    ["/app", "/app", "/"],
    ["/app?x=1", "/app", "/?x=1"],
    ["/predict", "/", "/predict"],
    ["/predict", "", "/predict"],
  ])("%s below %s is %s", (target, route, wanted) => {
    expect(planTarget({ target, route }, false)).toBe(wanted);
    expect(planTarget({ target, route }, true)).toBe(target);
  });
});

describe("planForwardedHeaders", () => {
  const plan = (given: Partial<Parameters<typeof httpRequestHead>[0]>) =>
    planForwardedHeaders(
      httpRequestHead({ method: "GET", target: "/", application: "a", deployment: "d", revision: 1, ...given }),
    );

  it("appends the client to those that forwarded before, and keeps the first host and scheme", () => {
    const headers = [
      "Host",
      "in",
      "X-Forwarded-For",
      "1.1.1.1",
      "x-forwarded-host",
      "out",
      "x-forwarded-proto",
      "https",
    ];
    expect(plan({ headers, clientAddress: "2.2.2.2", requestId: "r", route: "/app", traceparent: "t" })).toEqual([
      ...["host", "in", "x-forwarded-for", "1.1.1.1, 2.2.2.2", "x-forwarded-host", "out", "x-forwarded-proto", "https"],
      ...["x-forwarded-prefix", "/app", "x-request-id", "r", "traceparent", "t"],
    ]);
  });

  it("drops the fields of the connection, those that it names included", () => {
    const headers = [
      "connection",
      "close, X-Mine",
      "x-mine",
      "1",
      "te",
      "trailers",
      "upgrade",
      "h2c",
      "expect",
      "100-continue",
    ];
    expect(plan({ headers })).toEqual(["x-forwarded-proto", "http"]);
  });
});

it("passes repeated fields of an answer on one by one, without those of its connection", () => {
  const headers = { "set-cookie": ["a", "b"], "x-a": "1", connection: "x-a", "keep-alive": "timeout=5", etag: "e" };
  expect(planAnswerHeaders(headers)).toEqual(["set-cookie", "a", "set-cookie", "b", "etag", "e"]);
});

it("finds the listeners among the sockets that /proc/net/tcp lists", () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1
`;
  expect(parseListeners(text)).toEqual([{ port: 8080, inode: "4711" }]);
});
