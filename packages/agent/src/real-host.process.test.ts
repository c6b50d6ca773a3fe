import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../test/agent-process.ts";
import type { NodeDir } from "../test/agent-process.ts";
import { buildAssignment } from "../test/assignment.ts";
import { bundleAgent } from "../test/bundle-agent.ts";
import { startFakeController } from "../test/fake-controller.ts";
import type { FakeController } from "../test/fake-controller.ts";
import { buildZip } from "../test/zip.ts";

/** The product's own host and describe entries, run from source: the agent and they must mean the same by every file. */
const entry = (path: string): string => fileURLToPath(new URL(`../../replica/src/${path}`, import.meta.url));
const app = `
import { deployment } from "@sluice/sdk";
const Hello = deployment(class Hello { fetch() { return Response.json({ message: "hi" }); } }, { name: "Hello" });
export const app = Hello.bind();
export const other: number = 3;`;

let node: NodeDir;
let controller: FakeController;
let agent: ReturnType<typeof spawnAgent>;

beforeAll(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  const tsx = { SLUICE_HOST_ENTRY: entry("main.ts"), SLUICE_DESCRIBE_ENTRY: entry("describe/main.ts") };
  agent = spawnAgent(await bundleAgent(), node, controller.url, { ...tsx, SLUICE_LOG_LEVEL: "debug" });
  await controller.connected();
});

afterAll(async () => {
  await agent.stop("SIGKILL");
  await controller.close();
  await node.clean();
});

async function describeBundle(request: { runtime: "node" | "onnx"; bundle: string; importPath: string }) {
  const requestId = crypto.randomUUID();
  controller.send({ type: "describe", requestId, request: { ...request, args: {}, envVars: {} } });
  return vi.waitFor(
    () => {
      const found = controller.messages.find(
        (message) => message.type === "described" && message.requestId === requestId,
      );
      if (found?.type !== "described") throw new Error("not described yet");
      return found.result;
    },
    { timeout: 30_000 },
  );
}

test("a TypeScript application is described, runs, and its missing export is named", async () => {
  const bundle = controller.addBundle(await buildZip([{ name: "app.ts", content: app }]));
  expect(await describeBundle({ runtime: "node", bundle, importPath: "app:app" })).toMatchObject({
    ok: true,
    description: { ingress: "Hello", deployments: [{ options: { name: "Hello" } }] },
  });
  const missing = await describeBundle({ runtime: "node", bundle, importPath: "app:nothing" });
  expect(missing).toMatchObject({ ok: false, message: expect.stringContaining("nothing") as string });
  controller.assign([
    buildAssignment({ replicaId: "node1", runtime: "node", bundle, importPath: "app:app", deployment: "Hello" }),
  ]);
  await controller.reached("node1", "ready", 30_000);
});

test("a model file becomes ready, and a broken one fails with the runtime's message", async () => {
  const model = await readFile(fileURLToPath(new URL("../../examples/digits/digits-logreg.onnx", import.meta.url)));
  const good = controller.addBundle(model);
  const bad = controller.addBundle(Buffer.from("this is no model"));
  controller.assign([
    buildAssignment({ replicaId: "onnx1", bundle: good }),
    buildAssignment({ replicaId: "onnx2", bundle: bad }),
  ]);
  await controller.reached("onnx1", "ready", 30_000);
  const failed = await controller.reached("onnx2", "failed", 30_000);
  expect(failed.message).toMatch(/protobuf|model/i);
  controller.assign([]);
  await controller.reached("onnx1", "stopped", 30_000);
});
