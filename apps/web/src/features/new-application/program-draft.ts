/** A bundle of files can be code that Sluice imports, or a program that it starts. Pure. */
import type { Draft, DeploymentDraft } from "./draft.ts";

export type FilesAre = "code" | "program";

export function filesAre({ deployments }: Pick<Draft, "deployments">): FilesAre {
  return deployments[0]?.runtime === "process" ? "program" : "code";
}

/** The form's other side; name, route, environment and message stay as typed. */
export function takeFilesAs(draft: Draft, kind: FilesAre): Draft {
  if (kind === filesAre(draft)) return draft;
  return kind === "program"
    ? { ...draft, importPath: "", args: "", deployments: [firstProgram] }
    : { ...draft, importPath: "app:app", deployments: [] };
}

/** Says by its shape what a command looks like; most people's server is started like this. */
const firstProgram: DeploymentDraft = {
  name: "server",
  runtime: "process",
  fields: {
    "process.command": '["python3","server.py","--port","{port}"]',
    num_replicas: "1",
    "ray_actor_options.num_cpus": "0.25",
  },
};
