import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Client } from "@sluice/sdk";
import { checkoutRoot, type RunningProduct } from "./start-product.ts";

/** Runs `sluice deploy <target>` as a person would, and waits until the application runs. */
export async function deployWithCli(product: RunningProduct, target: string): Promise<void> {
  const command = spawn(
    process.execPath,
    [join(checkoutRoot, "packages/cli/bin/sluice.mjs"), "--url", product.web, "deploy", target],
    {
      cwd: checkoutRoot,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [command.stdout, command.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(command, "exit")) as [number | null];
  if (code !== 0) throw new Error(`sluice deploy ${target} ended with code ${String(code)}:\n${output}`);
}

/** Waits until a condition on the application's state holds; answers the milliseconds it took. */
export async function waitUntil(what: string, condition: () => Promise<boolean>, timeoutMs = 60_000): Promise<number> {
  const startMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startMs > timeoutMs) throw new Error(`${what}: not within ${String(timeoutMs / 1000)} s`);
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - startMs;
}

export async function waitUntilRunning(client: Client, name: string, revision: number): Promise<void> {
  await waitUntil(`${name} runs revision ${String(revision)}`, async () => {
    const view = await client.applications.get(name);
    if (view.status === "DEPLOY_FAILED") throw new Error(`${name}: ${view.message}`);
    return (
      view.status === "RUNNING" &&
      view.traffic.effective.some((variant) => variant.revision === revision && variant.weight > 0)
    );
  });
}
