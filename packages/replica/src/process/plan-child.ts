/** What a program is started with: command, folder and environment. Pure. */
import { join } from "node:path";
import type { HostLaunch, ProcessSpec } from "@sluice/contracts";

export interface ChildPlan {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ChildFacts {
  readonly launch: Pick<HostLaunch, "bundleDir" | "envVars">;
  readonly spec: ProcessSpec;
  readonly port: number;
  readonly hostEnv: Readonly<NodeJS.ProcessEnv>;
  /** Environment variables that every member of the program's family carries. */
  readonly marks: Readonly<Record<string, string>>;
}

/**
 * Variables of the host that a program gets besides the user's own. The host's environment holds nothing secret, but a list
 * of what passes stays right when somebody adds something there.
 */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|(OMP|OPENBLAS|MKL|RAYON)_NUM_THREADS|(NUMEXPR_MAX|VECLIB_MAXIMUM)_THREADS|(LOCAL_)?(RANK|WORLD_SIZE)|MASTER_(ADDR|PORT)|CUDA_DEVICE_ORDER|CUDA_VISIBLE_DEVICES|SLUICE_(REPLICA_ID|APPLICATION|DEPLOYMENT|VERSION|RANK|WORLD_SIZE))$/;

export function planChild({ launch, spec, port, hostEnv, marks }: ChildFacts): ChildPlan {
  const insert = (text: string): string => text.replaceAll("{port}", String(port));
  const own = { ...launch.envVars, ...spec.env };
  return {
    command: spec.command.map(insert),
    workingDir: join(launch.bundleDir, spec.working_dir),
    env: {
      ...definedOnly(hostEnv, passedOn),
      ...launch.envVars,
      ...Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, insert(value)])),
      // Python keeps what it prints to a file for itself until a block is full; a log line should appear when it is written.
      ...(own["PYTHONUNBUFFERED"] === undefined ? { PYTHONUNBUFFERED: "1" } : {}),
      // Which GPUs it gets is not for it to say.
      ...definedOnly(hostEnv, /^CUDA_VISIBLE_DEVICES$/),
      PORT: String(port),
      ...marks,
    },
  };
}

function definedOnly(env: Readonly<NodeJS.ProcessEnv>, names: RegExp): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && names.test(entry[0])),
  );
}
