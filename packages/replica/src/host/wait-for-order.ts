import { Socket } from "node:net";
import path from "node:path";
import { WarmHostOrder, warmHostOrders } from "@sluice/contracts";
import { replaceEnvironment } from "../config.ts";
import { collectGarbage } from "./collect-garbage.ts";

/**
 * A warm host waits until its agent says which replica it is, then takes over that replica's environment and directory as if it
 * had been started with them. Settles with the path of the launch file, or with undefined when the agent is gone.
 */
export async function waitForOrder(): Promise<string | undefined> {
  collectGarbage();
  const line = await readLine(new Socket({ fd: warmHostOrders, readable: true, writable: false }));
  if (line === undefined) return undefined;
  const { launchFile, cwd, env } = WarmHostOrder.parse(JSON.parse(line));
  replaceEnvironment(env);
  process.chdir(cwd);
  const [node = "node", script = "host.mjs"] = process.argv;
  process.argv = [node, script, launchFile];
  // As `ps` would show it had it been started for this replica.
  process.title = [path.basename(node), script, launchFile].join(" ");
  return launchFile;
}

/** The first line; undefined when the stream ends or breaks before it has one. */
function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("\n")) return;
      resolve(text.slice(0, text.indexOf("\n")));
      socket.destroy();
    });
    // Both mean the same: nobody is left who could order anything.
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => resolve(undefined));
  });
}
