/**
 * A replica under load against ONNX Runtime in a loop: MLP of four layers 1024 x 1024, one thread, one item of 1024 float32
 * per request in the Open Inference Protocol. Alternates both; beside rates it tells CPU time per item by thread, which
 * other load on the machine changes little.
 * Run: npx tsx packages/replica/bench/batching.ts [in flight = 64] [seconds = 3] [rounds = 3] [binary | json] [profile dir]
 */
import { fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { httpRequestHead } from "@sluice/wire";
import type { AnswerEvents, ClientConnection, HttpRequestHead } from "@sluice/wire";
import { buildHost } from "../test/build.ts";
import { mlpModel } from "../test/models/sample-models.ts";
import { RunningHost } from "../test/running-host.ts";
import { threadTimes } from "./thread-times.ts";

const width = 1024;
const rawLoop = fileURLToPath(new URL("./raw-loop.ts", import.meta.url));
const [inFlight = 64, seconds = 3, rounds = 3] = process.argv.slice(2, 5).map(Number);
const isJson = process.argv[5] === "json";
const profileDir = process.argv[6];

await measure();

async function measure(): Promise<void> {
  const bundleDir = await mkdtemp(path.join(tmpdir(), "sluice-onnx-bench-"));
  const modelPath = path.join(bundleDir, "mlp.onnx");
  await writeFile(modelPath, mlpModel(4, width));
  const built = await buildHost();
  const launch = { bundleDir, runtime: "onnx" as const, importPath: "", cpus: 1, maxOngoingRequests: 1_000 };
  const nodeArgs = profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  const host = await (
    await RunningHost.start({ hostFile: path.join(built.dir, "host.mjs"), launch, nodeArgs })
  ).ready();
  const raw = fork(rawLoop, [modelPath], { execArgv: process.execArgv });
  await answerOf(raw);
  const connection = await host.connect();
  const body = isJson ? jsonBody() : binaryBody();
  const head = headOf(host, isJson ? undefined : String(body.length - width * 4));
  await load(connection, head, body, 1_000);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    raw.send(seconds * 1_000);
    const loop = await answerOf(raw);
    const before = await threadTimes(host.process.pid ?? 0);
    const { answers, elapsedMs, meanBatch } = await load(connection, head, body, seconds * 1_000);
    const after = await threadTimes(host.process.pid ?? 0);
    const rate = (answers * 1_000) / elapsedMs;
    ratios.push(rate / loop.rate);
    const spent = [...after].map(([id, ms]) => ((ms - (before.get(id) ?? 0)) * 1_000) / answers);
    const busiest = spent.sort((a, b) => b - a).slice(0, 3);
    console.log(
      `raw ${loop.rate.toFixed(0)}/s (${loop.cpuUs.toFixed(0)} us CPU an item); replica ${rate.toFixed(0)}/s in batches of ${meanBatch.toFixed(1)}, ` +
        `CPU per item by thread ${busiest.map((us) => us.toFixed(0)).join(" + ")} us; ratio ${(rate / loop.rate).toFixed(3)}`,
    );
  }
  console.log(`median ratio ${ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]?.toFixed(3) ?? ""}`);
  raw.kill();
  if (profileDir !== undefined) {
    host.process.kill("SIGTERM");
    await host.exited;
  }
  await host.stop();
  await built[Symbol.asyncDispose]();
  await rm(bundleDir, { recursive: true });
}

/** Keeps `inFlight` requests on the connection for so long. */
async function load(
  connection: ClientConnection,
  head: HttpRequestHead,
  body: Buffer,
  durationMs: number,
): Promise<{ answers: number; elapsedMs: number; meanBatch: number }> {
  const startedMs = performance.now();
  let answers = 0;
  let open = 0;
  let rows = 0;
  await new Promise<void>((resolve, reject) => {
    const send = (): void => {
      open += 1;
      const events: AnswerEvents = {
        onHead: (answer) => {
          if (answer.kind !== "http" || answer.status !== 200) return reject(new Error("not answered well"));
          const timing = answer.headers[answer.headers.indexOf("server-timing") + 1] ?? "";
          rows += Number(/desc="([0-9]+) of/.exec(timing)?.[1] ?? 0);
        },
        onData: () => true,
        onEnd: () => {
          open -= 1;
          answers += 1;
          if (performance.now() - startedMs < durationMs) send();
          else if (open === 0) resolve();
        },
        onReject: () => reject(new Error("rejected")),
        onError: reject,
      };
      connection.request(head, body, events);
    };
    for (let index = 0; index < inFlight; index += 1) send();
  });
  return { answers, elapsedMs: performance.now() - startedMs, meanBatch: rows / answers };
}

function headOf(host: RunningHost, headerLength: string | undefined): HttpRequestHead {
  const { application, deployment, revision } = host.launch;
  return httpRequestHead({
    method: "POST",
    target: "/app/v2/models/app/infer",
    requestId: "bench",
    application,
    deployment,
    revision,
    route: "/app",
    headers: headerLength === undefined ? [] : ["inference-header-content-length", headerLength],
  });
}

function item(): Float32Array {
  return Float32Array.from({ length: width }, (_, at) => Math.sin(at));
}

function binaryBody(): Buffer {
  const parameters = { binary_data_size: width * 4 };
  const inputs = [{ name: "x", shape: [1, width], datatype: "FP32", parameters }];
  const json = JSON.stringify({ inputs, parameters: { binary_data_output: true } });
  return Buffer.concat([Buffer.from(json), Buffer.from(item().buffer)]);
}

function jsonBody(): Buffer {
  return Buffer.from(
    JSON.stringify({ inputs: [{ name: "x", shape: [1, width], datatype: "FP32", data: [...item()] }] }),
  );
}

interface LoopAnswer {
  readonly rate: number;
  readonly cpuUs: number;
}

async function answerOf(child: ReturnType<typeof fork>): Promise<LoopAnswer> {
  return new Promise((resolve) => {
    child.once("message", (message) => resolve(message as LoopAnswer));
  });
}
