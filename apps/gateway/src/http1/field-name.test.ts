import { expect, it } from "vitest";
import { fieldNameOf, FieldRole, isConnectionField } from "./field-name.ts";

it.each<[string, string, FieldRole]>([
  ["Host", "host", FieldRole.host],
  ["CONTENT-LENGTH", "content-length", FieldRole.contentLength],
  ["Transfer-Encoding", "transfer-encoding", FieldRole.transferEncoding],
  ["Connection", "connection", FieldRole.connection],
  ["Upgrade", "upgrade", FieldRole.upgrade],
  ["Expect", "expect", FieldRole.expect],
  ["TE", "te", FieldRole.hopByHop],
  ["Keep-Alive", "keep-alive", FieldRole.hopByHop],
  ["X-Anything", "x-anything", FieldRole.ordinary],
  ["constructor", "constructor", FieldRole.ordinary],
  ["__proto__", "__proto__", FieldRole.ordinary],
  ["!#$%&'*+-.^_`|~09az", "!#$%&'*+-.^_`|~09az", FieldRole.ordinary],
])("%s is known as %s", (raw, name, role) => {
  expect(fieldNameOf(raw)).toEqual({ name, role });
  // The second look-up comes from what is remembered.
  expect(fieldNameOf(raw)).toEqual({ name, role });
});

it.each(["", " ", "a b", "a:", "a\t", "caf\xe9", "a\r\n", "a\0", "(a)", '"a"', "a@b", "\u0130"])(
  "%j is no name",
  (raw) => {
    expect(fieldNameOf(raw)).toBeUndefined();
  },
);

it("names stay right when more of them were seen than are remembered", () => {
  for (let index = 0; index < 3_000; index += 1) fieldNameOf(`X-Invented-${String(index)}`);
  expect(fieldNameOf("X-Late")).toEqual({ name: "x-late", role: FieldRole.ordinary });
  expect(fieldNameOf("hOsT")).toEqual({ name: "host", role: FieldRole.host });
  expect(fieldNameOf(`X-${"long".repeat(100)}`)?.name).toBe(`x-${"long".repeat(100)}`);
});

it("an answer cannot take over framing or connection", () => {
  const fields = ["connection", "Transfer-Encoding", "upgrade", "keep-alive", "te", "trailer", "proxy-connection"];
  expect(fields.every(isConnectionField)).toBe(true);
  expect(["content-length", "content-type", "host", "x-a", "not a name"].some(isConnectionField)).toBe(false);
});
