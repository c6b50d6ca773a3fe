import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { exitCodes } from "./run-process.ts";

const fixture = fileURLToPath(new URL("../../test/fixture-process.ts", import.meta.url));

async function runFixture(mode: string, signals: readonly NodeJS.Signals[] = []) {
  const child = spawn(process.execPath, ["--import", "tsx", fixture, mode], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (chunk: Buffer): void => {
    const isFirst = !output.includes("up\n");
    output += chunk.toString();
    if (isFirst && output.includes("up\n")) for (const signal of signals) child.kill(signal);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

test("a signal stops the parts last to first and exits with 0", async () => {
  const { code, output } = await runFixture("stop", ["SIGTERM"]);
  expect(output).toMatch(/stopped second\nstopped first\n/);
  expect(code).toBe(exitCodes.stopped);
});

test("a part that does not stop is named and left behind at the deadline", async () => {
  const { code, output } = await runFixture("hang", ["SIGINT"]);
  expect(output).toContain("leaving: first, second");
  expect(code).toBe(exitCodes.stopDeadline);
});

test("a wrong setting is one line without a stack", async () => {
  const { code, output } = await runFixture("config");
  expect(output).toContain("SLUICE_X must be a number.");
  expect(output).not.toContain(" at ");
  expect(code).toBe(exitCodes.config);
});

test("an uncaught exception is shown, the parts still stop, and the code says crashed", async () => {
  const { code, output } = await runFixture("crash");
  expect(output).toContain("Error: later");
  expect(output).toContain("stopped first");
  expect(code).toBe(exitCodes.crashed);
});
