import { expect, it } from "vitest";
import { judgePlaygroundHeader } from "./playground-headers.ts";

it.each([
  ["serve_multiplexed_model_id", "m7"],
  ["Authorization", "Bearer x"],
  ["X-Empty", ""],
  ["x-latin", "caf\u00e9"],
])("takes %s: %s", (name, value) => {
  expect(judgePlaygroundHeader(name, value)).toBeUndefined();
});

it.each([
  ["Transfer-Encoding", "chunked", /^`transfer-encoding` belongs to the connection/],
  ["Connection", "close", /^`connection` belongs to the connection/],
  ["HOST", "elsewhere", /^`host` names the gateway/],
  ["Cookie", "a=b", /^`cookie` could be one of the dashboard/],
  ["", "x", /^A header needs a name/],
  ["x key", "x", /^"x key" is no name of a header/],
  ["x-key:", "x", /no name of a header/],
  ["x-key", "two\nlines", /^`x-key` has a character/],
  ["x-key", "\u4f60", /^`x-key` has a character/],
])("refuses %j: %j with a sentence", (name, value, why) => {
  expect(judgePlaygroundHeader(name, value)).toMatch(why);
  expect(judgePlaygroundHeader(name, value)).toMatch(/\.$/);
});
