/** `sluice nodes ...`: flags and help; what they do stands beside. */
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { actOnNode, labelNode, listNodes, removeNode, showNode } from "./nodes-command.ts";
import type { DrainOptions, NodeAction } from "./nodes-command.ts";
import { listTokens, makeToken, revokeToken } from "./token-command.ts";

interface JsonOption {
  readonly output?: string;
}

export function addNodeCommands(program: Command, { client, say, seconds }: CommandContext): void {
  const nodes = program.command("nodes").description("nodes: look at them, cordon, drain, label, remove, let in");
  const json = ["-o, --output <format>", "json for machines"] as const;
  const isJson = (options: JsonOption): boolean => options.output === "json";

  nodes
    .command("list", { isDefault: true })
    .description("all nodes")
    .option(...json)
    .action((options: JsonOption) => listNodes(client(), isJson(options), say));
  nodes
    .command("show")
    .argument("<node>", "name or id")
    .description("one node with its GPUs and who holds them")
    .option(...json)
    .action((node: string, options: JsonOption) => showNode(client(), node, isJson(options), say));
  for (const [action, description] of [
    ["cordon", "no new replicas there; those that run stay"],
    ["uncordon", "new replicas again; ends a drain"],
    ["drain", "replacements elsewhere first, then its replicas go; waits until it is empty"],
  ] as const satisfies readonly (readonly [NodeAction, string])[]) {
    const command = nodes.command(action).argument("<node>", "name or id").description(description);
    if (action === "drain")
      command
        .option("--no-wait", "return as soon as the server took it")
        .option("--timeout <seconds>", "longest wait", seconds, 600);
    command.action(async (node: string, options: { wait?: boolean; timeout?: number }) => {
      const drain: DrainOptions = { wait: options.wait ?? true, timeoutS: options.timeout ?? 600 };
      process.exitCode = await actOnNode(client(), action, node, drain, say);
    });
  }
  nodes
    .command("remove")
    .argument("<node>", "name or id")
    .description("forget a node and refuse its agent")
    .option("--force", "also with replicas on it: they end at once and are replaced elsewhere", false)
    .action((node: string, options: { force: boolean }) => removeNode(client(), node, options.force, say));
  nodes
    .command("label")
    .argument("<node>", "name or id")
    .argument("<labels...>", "label=value, or label- to take one away")
    .description("set labels for placement")
    .action((node: string, labels: string[]) => labelNode(client(), node, labels, say));
  nodes
    .command("token")
    .description("make a token with which one machine may join, once")
    .option("--ttl <seconds>", "how long it counts", seconds, 3600)
    .option("--name <text>", "what it is for", "")
    .action((options: { ttl: number; name: string }) =>
      makeToken(client(), { ttlS: options.ttl, name: options.name }, say),
    );
  nodes
    .command("tokens")
    .description("join tokens that were made")
    .option(...json)
    .action((options: JsonOption) => listTokens(client(), isJson(options), say));
  nodes
    .command("revoke-token")
    .argument("<id>")
    .description("take a join token back")
    .action((id: string) => revokeToken(client(), id, say));
}
