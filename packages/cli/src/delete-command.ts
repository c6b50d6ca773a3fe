import { ApiError, type Client } from "@sluice/sdk";

const pollMs = 250;

/** `sluice delete <name>`: asks for deletion and waits until the application has drained and is gone. */
export async function deleteApplication(
  client: Client,
  name: string,
  timeoutS: number,
  say: (line: string) => void,
): Promise<number> {
  await client.applications.delete(name);
  say(`${name}  draining`);
  const deadlineMs = performance.now() + timeoutS * 1000;
  while (performance.now() < deadlineMs) {
    if (!(await exists(client, name))) {
      say(`${name}  deleted`);
      return 0;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
  say(
    `${name} is still there after ${String(timeoutS)} s; its replicas may still be draining. See: sluice status ${name}`,
  );
  return 1;
}

async function exists(client: Client, name: string): Promise<boolean> {
  try {
    await client.applications.get(name);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
