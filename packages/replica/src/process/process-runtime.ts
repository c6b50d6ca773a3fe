import { SluiceError } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { Runtime } from "../runtime.ts";
import { checkHealth } from "./check-health.ts";
import { describeProgramEnd } from "./describe-program-end.ts";
import { isUpgrade, relayUpgrade } from "./relay-upgrade.ts";
import { startProgram } from "./start-program.ts";
import type { ProgramSetup } from "./start-program.ts";
import { Upstream } from "./upstream.ts";

export interface ProcessSetup extends ProgramSetup {
  readonly logger: Logger;
}

/** A health check of the program ends this much before the host gives up on it, so that its own reason is told. */
const checkTimeoutShare = 0.95;
/** The program is ended by SIGKILL this much before the host's own patience is over. */
const killMarginMs = 500;

/** Serves a replica by a program of the user's that speaks HTTP: starts it, watches it, passes requests on to it. */
export async function loadProcessRuntime(setup: ProcessSetup): Promise<Runtime> {
  const { launch, logger } = setup;
  // The client is loaded while the program starts.
  const [{ program, spec, port, name }, Pool] = await Promise.all([
    startProgram(setup),
    import("undici").then((undici) => undici.Pool),
  ]);
  const upstream = new Upstream(Pool, { port, keepsPrefix: !spec.strip_route_prefix, logger });
  const end = (when: string): Error => new Error(describeProgramEnd(name, program, when));
  return {
    answer: (request) => {
      const { head } = request;
      if (head.kind === "call") throw noCalls();
      return {
        kind: "relayed",
        relay: (ongoing) =>
          isUpgrade(head)
            ? relayUpgrade(request, head, upstream.options, ongoing)
            : upstream.relay(request, head, ongoing),
      };
    },
    checkHealth: async () => {
      if (program.end !== undefined) throw end("");
      if (launch.rank > 0) return;
      await checkHealth({ port, path: spec.health_path }, launch.healthCheckTimeoutS * 1_000 * checkTimeoutShare);
    },
    reconfigure: async () => {
      // A program has no user_config: the spec refuses it.
    },
    failed: program.exited.then(() => end("")),
    dispose: async () => {
      await program.stop(Math.max(0, launch.gracefulShutdownTimeoutS * 1_000 - killMarginMs));
      await upstream.close();
    },
  };
}

function noCalls(): SluiceError {
  const publicMessage =
    "A deployment of the runtime `process` speaks HTTP: it has no methods that a handle could call.";
  return new SluiceError({ code: "request/invalid", publicMessage });
}
