import { SluiceError } from "@sluice/contracts";
import { expect, it } from "vitest";
import { readHeaders } from "./read-headers.ts";

it("sends names in lower case", () => {
  expect(readHeaders({ "X-Key": "1", "x-other": "2" })).toEqual({ "x-key": "1", "x-other": "2" });
});

it("refuses two spellings of one header, and names both: none of the values is lost without a word", () => {
  expect(issuesOf({ "X-A": "1", "x-b": "2", "x-a": "3", "X-a": "4" })).toEqual([
    {
      pointer: "#/headers/x-a",
      detail: "`X-A` and `x-a` are the same header. Write its values into one, with commas.",
    },
    {
      pointer: "#/headers/X-a",
      detail: "`X-A` and `X-a` are the same header. Write its values into one, with commas.",
    },
  ]);
});

it("asks nobody to join the values of a header that cannot be sent at all", () => {
  const details = issuesOf({ Host: "a", host: "b" }).map(({ detail }) => detail);
  expect(details).toEqual([expect.stringContaining("names the gateway"), expect.stringContaining("names the gateway")]);
});

function issuesOf(headers: Record<string, string>) {
  try {
    readHeaders(headers);
  } catch (error) {
    if (error instanceof SluiceError) return error.issues;
    throw error;
  }
  throw new Error("The headers were not refused.");
}
