import { ConfigError } from "@sluice/observability";

/** What the operator says about a node; null = what is found there. */
export interface DeclaredNode {
  readonly name: string | null;
  readonly numCpus: number | null;
  readonly numGpus: number | null;
  /** Model name of declared GPUs that are not found. */
  readonly gpuModel: string;
  readonly gpuMemoryBytes: number | null;
  readonly memoryBytes: number | null;
  /** Ray's custom resources. */
  readonly resources: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly dataAddress: string;
  /** Null = the same. */
  readonly dataListenAddress: string | null;
}

/** Throws an Error whose text says what is wrong with a value. */
type Read<Value> = (text: string) => Value;

interface Setting<Value> {
  readonly flag: string;
  readonly variable: string;
  readonly read: Read<Value>;
  /** What would be right. */
  readonly wanted: string;
}

const gib = 1024 ** 3;
const maxNumGpus = 1_024;

const settings = {
  name: {
    flag: "--node-name",
    variable: "SLUICE_NODE_NAME",
    read: readText,
    wanted: "a name for people, as in --node-name rack-3",
  },
  numCpus: {
    flag: "--num-cpus",
    variable: "SLUICE_NUM_CPUS",
    read: (text: string) => readNumber(text, { moreThan: 0 }),
    wanted: "a number above 0, as in --num-cpus 4",
  },
  numGpus: {
    flag: "--num-gpus",
    variable: "SLUICE_NUM_GPUS",
    read: (text: string) => readNumber(text, { isWhole: true, atMost: maxNumGpus }),
    wanted: `a whole number from 0 to ${maxNumGpus}, as in --num-gpus 2`,
  },
  gpuModel: {
    flag: "--gpu-model",
    variable: "SLUICE_GPU_MODEL",
    read: readText,
    wanted: 'the model of the GPUs that --num-gpus declares, as in --gpu-model "NVIDIA A100-SXM4-80GB"',
  },
  gpuMemoryBytes: {
    flag: "--gpu-memory",
    variable: "SLUICE_GPU_MEMORY",
    read: readBytes,
    wanted: `a number of bytes, as in --gpu-memory ${80 * gib} for 80 GiB`,
  },
  memoryBytes: {
    flag: "--memory",
    variable: "SLUICE_MEMORY",
    read: readBytes,
    wanted: `a number of bytes, as in --memory ${8 * gib} for 8 GiB`,
  },
  resources: {
    flag: "--resources",
    variable: "SLUICE_RESOURCES",
    read: readResources,
    wanted: `an object of names and numbers above 0, as in --resources '{"tpu": 2}'`,
  },
  labels: {
    flag: "--labels",
    variable: "SLUICE_LABELS",
    read: readLabels,
    wanted: "pairs of letters, digits, -, _ and . (keys may have a prefix/), as in --labels region=us-east1,disk=ssd",
  },
  dataAddress: {
    flag: "--data-address",
    variable: "SLUICE_DATA_ADDRESS",
    read: readHost,
    wanted: "the host name or IP address at which gateways reach this node, or local, as in --data-address 10.0.0.7",
  },
  dataListenAddress: {
    flag: "--data-listen-address",
    variable: "SLUICE_DATA_LISTEN_ADDRESS",
    read: readListenHost,
    wanted:
      "an address of this machine, where --data-address is translated to it, as in --data-listen-address 192.168.1.5, or 0.0.0.0 for all",
  },
} satisfies Readonly<Record<keyof DeclaredNode, Setting<unknown>>>;

/** Flags that name other settings of the agent, and their variables. */
const otherFlags: Readonly<Record<string, string>> = {
  "--dir": "SLUICE_AGENT_DIR",
  "--join": "SLUICE_JOIN_URL",
  "--token": "SLUICE_JOIN_TOKEN",
};

/** The variables that flags stand for. Every flag has a value; one that is not known is refused. */
export function readFlags(args: readonly string[]): Record<string, string> {
  const variables = new Map(Object.values(settings).map(({ flag, variable }) => [flag, variable]));
  for (const [flag, variable] of Object.entries(otherFlags)) variables.set(flag, variable);
  const given: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 1) {
    const [, flag = args[at] ?? "", inline] = /^(--[^=]+)=(.*)$/s.exec(args[at] ?? "") ?? [];
    const variable = variables.get(flag);
    if (variable === undefined)
      throw new ConfigError(`${flag} is no flag of the agent. It has: ${[...variables.keys()].join(", ")}.`);
    const value = inline ?? args[(at += 1)];
    if (value === undefined || (inline === undefined && variables.has(value)))
      throw new ConfigError(`${flag} needs a value${wantedOf(flag)}.`);
    given[variable] = value;
  }
  return given;
}

/** Reads what is declared; `env` holds flags over variables, as {@link readFlags} gives them. Tells all that is wrong at once. */
export function readDeclaredNode(
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, string>> = {},
): DeclaredNode {
  const problems: string[] = [];
  const read = <Value>({ flag, variable, read: parse, wanted }: Setting<Value>): Value | null => {
    const text = flags[variable] ?? env[variable];
    if (text === undefined || (text === "" && flags[variable] === undefined)) return null;
    try {
      return parse(text);
    } catch (error) {
      const name = flags[variable] === undefined ? variable : flag;
      problems.push(`${name} ${JSON.stringify(text)}: ${(error as Error).message}. It takes ${wanted}.`);
      return null;
    }
  };
  const declared: DeclaredNode = {
    name: read(settings.name),
    numCpus: read(settings.numCpus),
    numGpus: read(settings.numGpus),
    gpuModel: read(settings.gpuModel) ?? "",
    gpuMemoryBytes: read(settings.gpuMemoryBytes),
    memoryBytes: read(settings.memoryBytes),
    resources: read(settings.resources) ?? {},
    labels: read(settings.labels) ?? {},
    dataAddress: read(settings.dataAddress) ?? "local",
    dataListenAddress: read(settings.dataListenAddress),
  };
  if (declared.dataListenAddress !== null && declared.dataAddress === "local")
    problems.push("--data-listen-address needs --data-address, by which others reach it.");
  if (problems.length > 0) throw new ConfigError(`Wrong settings of this node. ${problems.join(" ")}`);
  return declared;
}

function wantedOf(flag: string): string {
  const wanted = Object.values(settings).find((setting) => setting.flag === flag)?.wanted;
  return wanted === undefined ? "" : `: ${wanted}`;
}

function readText(text: string): string {
  if (text.trim() === "") throw new Error("it is empty");
  return text.trim();
}

function readNumber(
  text: string,
  bounds: { readonly moreThan?: number; readonly isWhole?: boolean; readonly atMost?: number },
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new Error("it is no number");
  if (bounds.isWhole === true && !Number.isInteger(value)) throw new Error("it is no whole number");
  if (bounds.moreThan !== undefined && value <= bounds.moreThan) throw new Error(`it is not above ${bounds.moreThan}`);
  if (value < 0) throw new Error("it is below 0");
  if (bounds.atMost !== undefined && value > bounds.atMost) throw new Error(`it is above ${bounds.atMost}`);
  return value;
}

function readBytes(text: string): number {
  return readNumber(text, { isWhole: true, moreThan: 0 });
}

/** Resources that have flags of their own. */
const ownFlags: Readonly<Record<string, string>> = { CPU: "--num-cpus", GPU: "--num-gpus", memory: "--memory" };

function readResources(text: string): Record<string, number> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it is no JSON object");
  for (const [name, amount] of Object.entries(value)) {
    if (name === "") throw new Error("a name is empty");
    const own = ownFlags[name];
    if (own !== undefined) throw new Error(`${name} is set by ${own}`);
    if (typeof amount !== "number" || amount <= 0) throw new Error(`${name} is ${JSON.stringify(amount)}`);
  }
  return value as Record<string, number>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
}

const labelPart = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const at = pair.indexOf("=");
    if (at < 0) throw new Error(`${JSON.stringify(pair.trim())} has no =`);
    const [key, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const [name = "", prefix] = key.split("/").toReversed();
    const isKey =
      labelPart.test(name) && (prefix === undefined || labelPrefix.test(prefix)) && key.split("/").length <= 2;
    if (!isKey) throw new Error(`the key ${JSON.stringify(key)} does not fit`);
    if (value !== "" && !labelPart.test(value))
      throw new Error(`the value ${JSON.stringify(value)} of ${key} does not fit`);
    if (key in labels) throw new Error(`${key} is there twice`);
    labels[key] = value;
  }
  return labels;
}

/** `local` says that nothing listens for others, so it is no place to listen at. */
function readListenHost(text: string): string {
  const host = readHost(text);
  if (host === "local") throw new Error("it is no address");
  return host;
}

function readHost(text: string): string {
  const host = text.trim();
  if (/^\[?[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*\]?$/i.test(host)) return host.replace(/^\[|\]$/g, "");
  if (host.includes("://")) throw new Error("it has a scheme");
  if (/:\d+$/.test(host)) throw new Error("it has a port, but each replica has its own");
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) throw new Error("it is no host");
  return host;
}
