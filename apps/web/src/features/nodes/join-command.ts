import type { JoinTokenCreated } from "@sluice/contracts";

/** What is typed in a clone of the repository on the machine that joins; several controllers stand behind each other. Pure. */
export function joinCommand({ token, join_urls: urls }: Pick<JoinTokenCreated, "token" | "join_urls">): string {
  const address = urls.length === 0 ? "https://controller.example:8266" : urls.join(",");
  return `npx sluice agent --join ${address} --token ${token}`;
}
