/** Which TCP ports some processes listen on, from /proc; empty where there is none. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const listenState = "0A";

export function listListeningPorts(pids: readonly number[]): number[] {
  const inodes = new Set(pids.flatMap(socketInodesOf));
  const ports = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    parseListeners(readText(path)).flatMap(({ port, inode }) => (inodes.has(inode) ? [port] : [])),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Lines of /proc/net/tcp: `sl local_address rem_address st ... uid timeout inode`, addresses as hex `ip:port`. */
export function parseListeners(text: string): { readonly port: number; readonly inode: string }[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, local, , state] = fields;
      const inode = fields[9];
      if (local === undefined || inode === undefined || state !== listenState) return [];
      return [{ port: Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16), inode }];
    });
}

function socketInodesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketInode(`/proc/${pid}/fd/${fd}`));
  } catch {
    // Gone, or another user's.
    return [];
  }
}

function socketInode(link: string): string[] {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
    return inode === undefined ? [] : [inode];
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
