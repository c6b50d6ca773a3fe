/** The product itself, whole and with its production defaults, started through its own command. */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMlp, mlpWidth } from "../model/mlp-model.ts";
import { deployWithCli } from "../product/deploy.ts";
import { growByOne } from "../product/grow.ts";
import { gatewayPids, replicaPids, residentBytes } from "../product/memory.ts";
import { checkoutRoot, startProduct, type RunningProduct } from "../product/start-product.ts";
import type { ColdRuntime, Endpoints, Peer, RequestTemplate, RunningPeer } from "./peer.ts";

const applications = join(checkoutRoot, "packages/bench/apps");
const grown: Readonly<Record<ColdRuntime, string>> = { node: "noop", onnx: "digits" };

export const sluice: Peer = {
  name: "Sluice",
  runsAlone: false,
  missing: async () => undefined,
  start: async () => {
    const product = await startProduct();
    try {
      for (const name of ["noop", "bodies", "stream", "pipeline"])
        await deployWithCli(product, join(applications, name));
      await deployWithCli(product, join(checkoutRoot, "packages/examples/digits/config.yaml"));
      await deployMlp(product);
      return await runningSluice(product);
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
  },
};

async function runningSluice(product: RunningProduct): Promise<RunningPeer> {
  const root = product.gateway.replace("//localhost:", "//127.0.0.1:");
  const endpoints: Endpoints = {
    noop: `${root}/noop`,
    upload: `${root}/bodies`,
    download: `${root}/bodies`,
    stream: `${root}/stream`,
    pipeline: `${root}/pipeline`,
    mlp: modelRequest(`${root}/v2/models/mlp/infer`, (await loadMlp()).sampleInput),
  };
  return {
    name: sluice.name,
    endpoints,
    rootPids: product.launcher.pid === undefined ? [] : [product.launcher.pid],
    coldRuntimes: ["node", "onnx"],
    growByOne: async (runtime) => growByOne(product.client, grown[runtime]),
    replicaBytes: async () => residentBytes(await replicaPids(product.client, "noop")),
    dataPathPids: async (application) => ({
      gateway: await gatewayPids(product),
      replica: await replicaPids(product.client, application),
    }),
    [Symbol.asyncDispose]: async () => product[Symbol.asyncDispose](),
  };
}

async function deployMlp(product: RunningProduct): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-mlp-"));
  try {
    await copyFile((await loadMlp()).path, join(folder, "mlp.onnx"));
    await copyFile(join(applications, "mlp/config.yaml"), join(folder, "config.yaml"));
    await deployWithCli(product, join(folder, "config.yaml"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One item in the Open Inference Protocol with its binary extension: a JSON head, then 4 KiB of little-endian float32. */
function modelRequest(url: string, row: Float32Array): RequestTemplate {
  const raw = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  const head = Buffer.from(
    JSON.stringify({
      inputs: [{ name: "x", shape: [1, mlpWidth], datatype: "FP32", parameters: { binary_data_size: raw.length } }],
      parameters: { binary_data_output: true },
    }),
  );
  return {
    url,
    method: "POST",
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(head.length),
    },
    body: Buffer.concat([head, raw]),
  };
}
