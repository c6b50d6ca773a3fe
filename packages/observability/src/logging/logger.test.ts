import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import type { LogFormat } from "./logger.ts";

function loggerInto(format: LogFormat) {
  const lines: string[] = [];
  const logger = createLogger({
    name: "agent",
    level: "info",
    format,
    destination: { write: (line) => void lines.push(line) },
  });
  return { lines, logger };
}

test("secrets never reach a line, at any of three depths", () => {
  const { lines, logger } = loggerInto("json");
  logger.info(
    { secret: "s3cret", request: { headers: { authorization: "Bearer s3cret" } }, config: { clusterSecret: "s3cret" } },
    "x",
  );
  expect(lines[0]).not.toContain("s3cret");
  expect(lines[0]).toContain("[redacted]");
});

test("json lines carry level and time as text, and the error's stack", () => {
  const { lines, logger } = loggerInto("json");
  logger.error({ err: new Error("boom") }, "failed");
  const line: unknown = JSON.parse(lines[0] ?? "");
  expect(line).toMatchObject({ level: "error", name: "agent", msg: "failed", err: { message: "boom" } });
});

test("pretty lines are one short line for people, secrets still hidden", () => {
  const { lines, logger } = loggerInto("pretty");
  logger.warn({ replicaId: "abc", token: "s3cret" }, "host lost");
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}agent: host lost replicaId=abc token=\[redacted\]\n$/);
});
