import { describe, expect, it } from "vitest";
import { printCall } from "./call-snippets.ts";

const call = {
  url: "http://localhost:8000/digits",
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"pixels":[0,16],"flag":true,"none":null,"name":"it\'s"}',
};

describe("the same call in three languages", () => {
  it("survives a shell: single quotes in the body are escaped", () => {
    expect(printCall(call, "curl")).toBe(
      `curl 'http://localhost:8000/digits' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{"pixels":[0,16],"flag":true,"none":null,"name":"it'\\''s"}'`,
    );
  });

  it("sends a body that begins with @ as it stands: curl reads no file of that name", () => {
    expect(printCall({ ...call, body: "@/etc/hostname" }, "curl")).toMatch(/ --data-raw '@\/etc\/hostname'$/);
  });

  it("is valid Python where JSON is not", () => {
    const text = printCall(call, "python");
    expect(text).toContain(`json={"pixels": [0, 16], "flag": True, "none": None, "name": "it's"}`);
    expect(text).toContain("requests.post(");
  });

  it("keeps a type of the body that is not JSON's own, and other headers", () => {
    const headers = { "content-type": "application/x-ndjson", serve_multiplexed_model_id: "m7" };
    const text = printCall({ ...call, headers, body: "1" }, "python");
    expect(text).toContain('headers={"content-type": "application/x-ndjson", "serve_multiplexed_model_id": "m7"},');
    expect(text).toContain('data="1".encode(),');
    expect(printCall({ ...call, headers, body: "1" }, "curl")).toContain("-H 'serve_multiplexed_model_id: m7'");
  });

  it("sends a header without a value by curl, too", () => {
    expect(printCall({ ...call, headers: { "x-empty": "" } }, "curl")).toContain("-H 'x-empty;'");
  });

  it("says the method only where it is not implied", () => {
    const get = { ...call, method: "GET", headers: {}, body: null };
    expect(printCall(get, "curl")).toBe("curl 'http://localhost:8000/digits'");
    expect(printCall(get, "typescript")).toContain('await fetch("http://localhost:8000/digits");');
    expect(printCall({ ...get, method: "DELETE" }, "curl")).toContain("-X DELETE");
  });
});
