import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

const NodeFile = z.object({ nodeId: z.uuid() });

/** The node keeps its id for as long as its directory lives, whatever its name or address becomes. */
export async function loadNodeId(agentDir: string): Promise<string> {
  const path = join(agentDir, "node.json");
  const known = await readJsonFile(path, NodeFile);
  if (known !== undefined) return known.nodeId;
  const nodeId = randomUUID();
  await writeFileAtomically(path, `${JSON.stringify({ nodeId })}\n`);
  return nodeId;
}
