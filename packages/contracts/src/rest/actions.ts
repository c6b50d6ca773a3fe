/** Bodies of the calls that are not resources: validation while typing, diff, describe, playground, live changes. */
import { z } from "zod";
import { Name } from "../names.ts";

export const FieldIssueView = z.object({ pointer: z.string(), detail: z.string() });

/** Answer of `spec.validate`: empty = the spec would be accepted as far as can be said without describing it. */
export const SpecValidation = z.object({
  issues: z.array(FieldIssueView),
  /** What loads but deserves a look, e.g. an option taken in another sense than in Ray. */
  warnings: z.array(z.string()),
});
export type SpecValidation = z.infer<typeof SpecValidation>;

/** One changed field; `null` stands for absent. */
export const FieldChange = z.object({ pointer: z.string(), before: z.json(), after: z.json() });
export type FieldChange = z.infer<typeof FieldChange>;

export const RevisionDiff = z.object({
  application: z.string(),
  from: z.int(),
  to: z.int(),
  changes: z.array(FieldChange),
});
export type RevisionDiff = z.infer<typeof RevisionDiff>;

export const DiffQuery = z.object({
  from: z.coerce.number().int().positive("A revision number, from 1."),
  to: z.coerce.number().int().positive("A revision number, from 1."),
});

/** What to look into a bundle for. `import_path` is needed for code; a model is described without. */
export const BundleDescribeBody = z.strictObject({
  runtime: z.enum(["node", "onnx"]).optional(),
  import_path: z.string().optional(),
  args: z.record(z.string(), z.json()).default({}),
  env_vars: z.record(z.string(), z.string()).default({}),
});

/** Largest body the playground sends or shows. */
export const playgroundLimitBytes = 10 * 1024 * 1024;
export const playgroundTimeoutMs = 30_000;

export const PlaygroundBody = z.discriminatedUnion("encoding", [
  z.object({ encoding: z.literal("text"), data: z.string() }),
  z.object({ encoding: z.literal("base64"), data: z.base64("Base64.") }),
]);
export type PlaygroundBody = z.infer<typeof PlaygroundBody>;

export const PlaygroundSend = z.strictObject({
  application: Name,
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
  /** Path below the application's route prefix, with its query; "" or "/" = the prefix itself. */
  path: z.string().max(4000, "At most 4000 characters.").default(""),
  headers: z.record(z.string(), z.string()).default({}),
  body: PlaygroundBody.optional(),
});
export type PlaygroundSend = z.infer<typeof PlaygroundSend>;

export const PlaygroundAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: PlaygroundBody,
  /** From the first byte sent to the last received, as seen by the dashboard's server. */
  duration_ms: z.number(),
});
export type PlaygroundAnswer = z.infer<typeof PlaygroundAnswer>;

/** "These applications changed, ask again." Sent at most twice a second. */
export const LiveChange = z.object({
  applications: z.union([z.array(z.string()), z.literal("all")]),
  at: z.number(),
});
export type LiveChange = z.infer<typeof LiveChange>;
