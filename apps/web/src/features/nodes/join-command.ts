import type { JoinTokenCreated } from "@sluice/contracts";

/** What is typed in a clone of the repository on the machine that joins; several controllers stand behind each other. Pure. */
export function joinCommand({
  id,
  token,
  join_urls: urls,
}: Pick<JoinTokenCreated, "id" | "token" | "join_urls">): string {
  const address = urls.length === 0 ? "https://controller.example:8266" : urls.join(",");
  // Without a certificate the address is one of this machine, where an agent has the usual directory already.
  const dir = address.startsWith("http://") ? ` --dir .sluice/agent-${id.slice(-6)}` : "";
  return `npx sluice agent --join ${address} --token ${token}${dir}`;
}
