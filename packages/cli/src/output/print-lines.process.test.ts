import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const command = fileURLToPath(new URL("../../bin/sluice.mjs", import.meta.url));

/** Runs `sluice` against a server whose every answer is this one, without anybody who reads what it prints. */
async function runUnread(args: readonly string[], answer: object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const child = spawn(process.execPath, [command, "--url", url, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const complaints = text(child.stderr);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, complaints: await complaints, asked };
}

it("ends quietly when nobody reads what it prints any more", async () => {
  const { code, complaints, asked } = await runUnread(["status"], { items: [], next_cursor: null });
  expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
  expect(asked).toHaveLength(1);
}, 60_000);
