import { expect, test } from "vitest";
import { readDeclaredNode, readFlags } from "./declared-node.ts";

const read = (...args: string[]) => readDeclaredNode({}, readFlags(args));

test("flags say what a node has, in both spellings", () => {
  const given = ["--num-cpus", "2.5", "--num-gpus=4", "--memory", "8589934592", "--node-name", "rack 3"];
  const more = [
    "--resources",
    '{"tpu": 2}',
    "--labels",
    "region=us-east1, acme.com/disk=ssd,empty=",
    "--data-address=10.0.0.7",
  ];
  expect(read(...given, ...more, "--gpu-model", "NVIDIA L4", "--gpu-memory", "24000000000")).toEqual({
    name: "rack 3",
    numCpus: 2.5,
    numGpus: 4,
    gpuModel: "NVIDIA L4",
    gpuMemoryBytes: 24e9,
    memoryBytes: 8 * 1024 ** 3,
    resources: { tpu: 2 },
    labels: { region: "us-east1", "acme.com/disk": "ssd", empty: "" },
    dataAddress: "10.0.0.7",
    dataListenAddress: null,
  });
});

test("what is not said is found", () => {
  expect(read()).toMatchObject({ name: null, numCpus: null, numGpus: null, resources: {}, dataAddress: "local" });
  expect(readDeclaredNode({ SLUICE_NUM_GPUS: "" })).toMatchObject({ numGpus: null });
});

test("a node behind a translation of addresses listens on another one than others know", () => {
  expect(read("--data-address", "203.0.113.7", "--data-listen-address", "0.0.0.0")).toMatchObject({
    dataAddress: "203.0.113.7",
    dataListenAddress: "0.0.0.0",
  });
  expect(() => read("--data-listen-address", "0.0.0.0")).toThrow("--data-listen-address needs --data-address");
  expect(() => read("--data-address", "203.0.113.7", "--data-listen-address", "local")).toThrow("it is no address");
});

test("variables say the same, and flags win", () => {
  const env = { SLUICE_NUM_CPUS: "3", SLUICE_LABELS: "a=b" };
  expect(readDeclaredNode(env, readFlags(["--num-cpus", "4"]))).toMatchObject({ numCpus: 4, labels: { a: "b" } });
});

test.each([
  [["--num-cpus", "many"], '--num-cpus "many": it is no number. It takes a number above 0, as in --num-cpus 4.'],
  [["--num-cpus", "0"], '--num-cpus "0": it is not above 0.'],
  [["--num-gpus", "0.5"], '--num-gpus "0.5": it is no whole number. It takes a whole number from 0 to 1024'],
  [["--num-gpus", "-1"], '--num-gpus "-1": it is below 0.'],
  [
    ["--memory", "8GB"],
    '--memory "8GB": it is no number. It takes a number of bytes, as in --memory 8589934592 for 8 GiB.',
  ],
  [["--resources", "tpu=2"], '--resources "tpu=2": it is no JSON.'],
  [["--resources", "[1]"], "it is no JSON object."],
  [["--resources", '{"tpu": "2"}'], 'tpu is "2". It takes an object of names and numbers above 0'],
  [["--resources", '{"GPU": 2}'], "GPU is set by --num-gpus."],
  [["--labels", "ssd"], '--labels "ssd": "ssd" has no =.'],
  [["--labels", "a b=c"], 'the key "a b" does not fit.'],
  [["--labels", "a=b c"], 'the value "b c" of a does not fit.'],
  [["--labels", "a=1,a=2"], "a is there twice."],
  [["--data-address", "http://n1"], "it has a scheme."],
  [["--data-address", "n1:8000"], "it has a port, but each replica has its own."],
  [["--num-cpu", "4"], "--num-cpu is no flag of the agent. It has: --node-name, --num-cpus,"],
  [["--num-cpus"], "--num-cpus needs a value: a number above 0, as in --num-cpus 4."],
  [["--num-cpus", "--num-gpus", "1"], "--num-cpus needs a value"],
])("%j is refused, with what would be right", (args, text) => {
  expect(() => read(...args)).toThrow(text);
});

test("a variable is refused by its own name, and all that is wrong is told at once", () => {
  const wrong = () => readDeclaredNode({ SLUICE_NUM_CPUS: "x" }, readFlags(["--num-gpus", "y"]));
  expect(wrong).toThrow(/SLUICE_NUM_CPUS "x": .*--num-gpus "y": /);
});

test.each(["::1", "[fe80::2]", "node-3.example.org", "192.168.0.4"])("%s is an address of a node", (address) => {
  expect(read("--data-address", address).dataAddress).toBe(address.replace(/[[\]]/g, ""));
});
