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
      `curl 'http://localhost:8000/digits' \\\n  -H 'content-type: application/json' \\\n  -d '{"pixels":[0,16],"flag":true,"none":null,"name":"it'\\''s"}'`,
    );
  });

  it("is valid Python where JSON is not", () => {
    const text = printCall(call, "python");
    expect(text).toContain(`json={"pixels": [0, 16], "flag": True, "none": None, "name": "it's"}`);
    expect(text).toContain("requests.post(");
  });

  it("says the method only where it is not implied", () => {
    const get = { ...call, method: "GET", headers: {}, body: null };
    expect(printCall(get, "curl")).toBe("curl 'http://localhost:8000/digits'");
    expect(printCall(get, "typescript")).toContain('await fetch("http://localhost:8000/digits");');
    expect(printCall({ ...get, method: "DELETE" }, "curl")).toContain("-X DELETE");
  });
});
