import { expect, it } from "vitest";
import { bodyOf, headersOf, jsonProblem, judgeHeaders } from "./request-draft.ts";
import type { RequestDraft } from "./request-draft.ts";

const draft = (change: Partial<RequestDraft>): RequestDraft => ({
  method: "POST",
  path: "",
  headers: [],
  body: "{}",
  ...change,
});
const row = (name: string, value: string) => ({ name, value });

it("sends a body as JSON unless its headers say another type, and none with GET", () => {
  expect(headersOf(draft({}))).toEqual({ "content-type": "application/json" });
  expect(headersOf(draft({ headers: [row("Content-Type", "text/plain")] }))).toEqual({ "content-type": "text/plain" });
  const get = draft({ method: "GET", headers: [row(" Serve_Multiplexed_Model_Id ", "m7")] });
  expect([bodyOf(get), headersOf(get)]).toEqual([null, { serve_multiplexed_model_id: "m7" }]);
  expect(bodyOf(draft({ body: "  " }))).toBeNull();
});

it("leaves out rows that are still empty", () => {
  const rows = [row("", ""), row("x-key", "")];
  expect(headersOf(draft({ method: "GET", headers: rows }))).toEqual({ "x-key": "" });
  expect(judgeHeaders(rows)).toEqual([undefined, undefined]);
});

it("says at its row what cannot be sent: a wrong name, one of the connection, one that is there already", () => {
  const judged = judgeHeaders([
    row("x-key", "1"),
    row("X-KEY", "2"),
    row("x key", "1"),
    row("Transfer-Encoding", "chunked"),
    row("", "value"),
  ]);
  expect(judged.map((why) => why?.split(" ").slice(0, 3).join(" "))).toEqual([
    undefined,
    "`x-key` is there",
    '"x key" is',
    "`transfer-encoding` belongs to",
    "A header needs",
  ]);
});

it("leaves rows that cannot be sent out of the call that it shows", () => {
  const headers = [row("x-a", "1"), row("X-A", "2"), row("Host", "elsewhere")];
  expect(headersOf(draft({ method: "GET", headers }))).toEqual({ "x-a": "1" });
});

it("reads a body as JSON only where it says so", () => {
  expect(jsonProblem(draft({ body: "{" }))).toMatch(/^Not JSON: /);
  expect(jsonProblem(draft({ body: "{", headers: [row("content-type", "text/plain")] }))).toBeUndefined();
  expect(jsonProblem(draft({ body: "{", method: "GET" }))).toBeUndefined();
  expect(
    jsonProblem(draft({ body: "[1]", headers: [row("content-type", "application/x-json; a=b")] })),
  ).toBeUndefined();
});
