import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The gateway's own id, kept with its state so that a restart is the same gateway to the controller. */
export async function loadGatewayId(stateDir: string): Promise<string> {
  const path = join(stateDir, "gateway-id");
  try {
    const known = (await readFile(path, "utf8")).trim();
    if (known !== "") return known;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const fresh = randomUUID();
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writeFile(path, `${fresh}\n`, { mode: 0o600 });
  return fresh;
}
