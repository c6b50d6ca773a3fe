import { existsSync } from "node:fs";
import type { ReplicaFiles } from "../host/replica-files.ts";
import { MemberLogs } from "./member-logs.ts";
import { readLogs } from "./read-logs.ts";
import type { LogRequest } from "./read-logs.ts";

export interface ReplicaLogsOptions {
  readonly files: Pick<ReplicaFiles, "stdoutPath" | "stderrPath" | "pointsPath">;
  readonly now?: () => number;
  readonly rotateBytes?: number;
}

const defaultRotateBytes = 8 * 1024 * 1024;
/** The controller names them; nothing else may become part of a path. */
const memberPattern = /^[A-Za-z0-9_-]+(\.\d+)?$/;

/** The outputs of all members that run here or ran here. */
export class ReplicaLogs {
  readonly #options: ReplicaLogsOptions;
  readonly #open = new Map<string, MemberLogs>();

  constructor(options: ReplicaLogsOptions) {
    this.#options = options;
  }

  /** Rotates, and remembers how much had been written when. Often enough: readers are told times this exactly. */
  tend(member: string): Promise<void> {
    return this.#of(member).tend((this.#options.now ?? Date.now)());
  }

  /** Its files will be removed some day; until then they can be read. */
  close(member: string): void {
    this.#open.delete(member);
  }

  /** Null where nothing is kept of such a member. */
  read(
    member: string,
    request: LogRequest,
    isRunning: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<string> | null {
    const { files } = this.#options;
    const isKnown = memberPattern.test(member) && [files.stdoutPath(member), files.stderrPath(member)].some(existsSync);
    if (!isKnown) return null;
    const logs = isRunning() ? this.#of(member) : this.#make(member);
    return readLogs(request, { logs, isRunning, signal });
  }

  #of(member: string): MemberLogs {
    const known = this.#open.get(member);
    if (known !== undefined) return known;
    const logs = this.#make(member);
    this.#open.set(member, logs);
    return logs;
  }

  #make(member: string): MemberLogs {
    const { files, rotateBytes = defaultRotateBytes } = this.#options;
    const paths = {
      stdout: files.stdoutPath(member),
      stderr: files.stderrPath(member),
      points: files.pointsPath(member),
    };
    return new MemberLogs(paths, rotateBytes);
  }
}
