import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { specToCurl } from "./spec-curl.ts";

/** The arguments that a real shell hands to curl. */
function argumentsOf(command: string): string[] {
  const shown = execFileSync("sh", ["-c", command.replace(/^curl/, `printf '%s\\0'`)], { encoding: "utf8" });
  return shown.split("\0").slice(0, -1);
}

it("is a command whose body is the spec as JSON, quotes and line breaks in it included", () => {
  const spec = { name: "digits", route_prefix: "/digits", args: { greeting: 'it\'s\n"quoted" $HOME `x`' } };
  const command = specToCurl(spec, { origin: "http://localhost:8265", message: "" });
  const [, method, url, , type, , body = ""] = argumentsOf(command);
  expect([method, url, type]).toEqual([
    "PUT",
    "http://localhost:8265/api/v1/applications/digits",
    "content-type: application/json",
  ]);
  expect(JSON.parse(body)).toEqual(spec);
});

it("carries the message of the revision", () => {
  const command = specToCurl({ name: "a" }, { origin: "http://localhost:8265", message: "why & how" });
  expect(command).toContain("/applications/a?message=why%20%26%20how'");
});
