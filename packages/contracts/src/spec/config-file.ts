/** What stands beside `applications` in a Ray Serve config file. */
import { z } from "zod";
import type { FieldIssue } from "../error.ts";
import { unsupportedInConfigFile } from "./unsupported-options.ts";

export interface FileSettings {
  /** For applications without one of their own; undefined = not written. Not checked yet. */
  readonly loggingConfig: unknown;
  readonly issues: readonly FieldIssue[];
  readonly warnings: readonly string[];
}

/** What `serve build` writes, and what is true here in its place. Anything else would have no effect and is refused. */
const usual: Readonly<Record<string, { readonly schema: z.ZodType; readonly instead: string }>> = {
  proxy_location: {
    schema: z.literal("EveryNode"),
    instead: "gateways are processes of their own and run where you start them",
  },
  http_options: {
    schema: z.strictObject({ host: z.enum(["127.0.0.1", "0.0.0.0"]).optional(), port: z.literal(8000).optional() }),
    instead: "a gateway listens where its own settings say (SLUICE_GATEWAY_HOST, SLUICE_GATEWAY_PORT)",
  },
  grpc_options: {
    schema: z.strictObject({ port: z.literal(9000).optional(), grpc_servicer_functions: z.tuple([]).optional() }),
    instead: "there is no gRPC ingress",
  },
};

export function judgeConfigFile(file: Readonly<Record<string, unknown>>): FileSettings {
  const issues: FieldIssue[] = [];
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(file)) {
    if (key === "applications" || key === "logging_config") continue;
    const known = Object.hasOwn(usual, key) ? usual[key] : undefined;
    if (known?.schema.safeParse(value).success === true) {
      warnings.push(`\`${key}\` changes nothing: ${known.instead}.`);
      continue;
    }
    const detail = Object.hasOwn(unsupportedInConfigFile, key) ? unsupportedInConfigFile[key] : undefined;
    issues.push({
      pointer: `#/${key}`,
      detail: detail ?? `\`${key}\` is not known beside \`applications\`. Check the spelling, or leave it out.`,
    });
  }
  return { loggingConfig: file["logging_config"], issues, warnings };
}

/** The application with the file's logging where it has none of its own. */
export function withFileLogging<T extends object>(application: T, { loggingConfig }: FileSettings): T {
  if (loggingConfig === undefined || "logging_config" in application) return application;
  return { ...application, logging_config: loggingConfig };
}
