import type { HostLaunch, ProcessSpec } from "@sluice/contracts";
import { childProcessFile } from "@sluice/contracts";
import { familyMarkName } from "@sluice/observability";
import { ChildProgram } from "./child-program.ts";
import { findProgram } from "./find-program.ts";
import { findParentDeathLink } from "./parent-death.ts";
import { pickPort } from "./pick-port.ts";
import { planChild } from "./plan-child.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

export interface ProgramSetup {
  readonly launch: HostLaunch;
  /** Names this replica beyond doubt on this machine: the mark of the program's family. */
  readonly launchFile: string;
  readonly hostEnv: Readonly<NodeJS.ProcessEnv>;
  readonly onProgress: (message: string) => void;
}

export interface StartedProgram {
  readonly program: ChildProgram;
  readonly spec: ProcessSpec;
  readonly port: number;
  /** The command as the spec has it, for people. */
  readonly name: string;
}

/** Starts the program of a replica and waits until it is well; one that does not come up is ended, with all it started. */
export async function startProgram({ launch, launchFile, hostEnv, onProgress }: ProgramSetup): Promise<StartedProgram> {
  const spec = launch.process;
  if (spec === undefined) throw new Error("The assignment of a `process` replica lacks its command.");
  const port = await pickPort();
  const plan = planChild({ launch, spec, port, hostEnv, marks: { [familyMarkName]: launchFile } });
  const name = spec.command.join(" ");
  const [file, parentDeathLink] = await Promise.all([
    findProgram(plan.command[0] ?? "", plan.workingDir, plan.env["PATH"] ?? "", launch.nodeName),
    findParentDeathLink(hostEnv["PATH"] ?? ""),
  ]);
  onProgress(`starting ${name}`);
  const program = await ChildProgram.start({
    plan,
    program: file,
    parentDeathLink,
    mark: launchFile,
    childFile: childProcessFile(launchFile),
  });
  try {
    const { health_path: healthPath, startup_timeout_s: timeoutS } = spec;
    // Requests go to rank 0, which alone has to serve HTTP; the others are members as soon as they run.
    if (launch.rank === 0) await waitUntilReady(program, { name, port, healthPath, timeoutS, onProgress });
    return { program, spec, port, name };
  } catch (error) {
    await program.kill();
    throw error;
  }
}
