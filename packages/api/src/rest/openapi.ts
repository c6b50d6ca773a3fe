/** The OpenAPI 3.1 document, made from the same table that dispatches. */
import { z } from "zod";
import { bundleLimitBytes, problemContentType } from "@sluice/contracts";
import { answerExamples, metricsExample, textExamples } from "./examples/example-answers.ts";
import { bodyExamples, parameterExamples } from "./examples/example-requests.ts";
import { specYaml } from "./examples/example-spec.ts";
import { problemExample } from "./examples/problem-examples.ts";
import { metricsCsv } from "./metrics-csv.ts";
import { namedSchemas } from "./named-schemas.ts";
import { restOperations } from "./operations.ts";
import { isRepeatable } from "./operation.ts";
import type { BodyKind, Operation, ResponseDoc } from "./operation.ts";

type Json = Record<string, unknown>;

export interface OpenApiFacts {
  readonly version: string;
  /** The installation asks for a token. Without, no call is marked as locked. */
  readonly needsToken: boolean;
}

export function buildOpenApi({ version, needsToken }: OpenApiFacts): Json {
  const paths: Record<string, Json> = {};
  for (const operation of restOperations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = operationObject(operation, needsToken);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version,
      description:
        "Model serving: applications, revisions, traffic, replicas, nodes, metrics. Errors are `application/problem+json`.",
    },
    servers: [{ url: "/api/v1" }],
    ...(needsToken ? { security: [{ token: [] }] } : {}),
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "Admin token or API key" } },
      schemas: componentSchemas(),
    },
  };
}

function operationObject(operation: Operation, needsToken: boolean): Json {
  const problems = [400, 401, 403, ...operation.problems, 500];
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    parameters: [
      ...parametersOf(operation.params, "path", operation.id),
      ...parametersOf(operation.query, "query", operation.id),
      ...headersOf(operation),
    ],
    ...(operation.body === null ? {} : { requestBody: requestBodyOf(operation.body, operation.id) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, doc]) => [status, responseOf(doc, operation)]),
      ),
      ...Object.fromEntries(
        [...new Set(problems)]
          .filter((status) => operation.responses[status] === undefined)
          .map((status) => [status, problemResponse(status)]),
      ),
    },
    ...(operation.isOpen && needsToken ? { security: [] } : {}),
  };
}

function parametersOf(schema: z.ZodObject | null, where: "path" | "query", operationId: string): Json[] {
  if (schema === null) return [];
  const { properties = {}, required = [] } = plainSchema(schema, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
    ...exampleOf(operationId, where, name),
  }));
}

/** Only what must be given: "Try it out" fills in examples, and a filter filled in would hide things. */
function exampleOf(operationId: string, where: "path" | "query", name: string): Json {
  const example = parameterExamples[`${operationId} ${name}`] ?? parameterExamples[`${where} ${name}`];
  return example === undefined ? {} : { example };
}

function headersOf(operation: Operation): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  });
  const isUpdate = operation.problems.includes(412);
  return [
    ...(isUpdate
      ? [header("If-Match", "ETag of the application (its generation); 412 when it changed meanwhile")]
      : []),
    ...(isRepeatable(operation)
      ? [header("Idempotency-Key", "Repeats of the same call get the first answer, for 24 hours")]
      : []),
    header("X-Request-Id", "Kept on the answer and in logs"),
  ];
}

function requestBodyOf(body: BodyKind, operationId: string): Json {
  if (body.kind === "bytes") {
    const schema = { type: "string", contentMediaType: "application/octet-stream", maxLength: bundleLimitBytes };
    return { required: true, content: Object.fromEntries(body.contentTypes.map((type) => [type, { schema }])) };
  }
  const schema = plainSchema(body.schema, "input");
  const content: Json = { "application/json": { schema, example: bodyExamples[operationId] } };
  if (body.kind === "spec") content["application/yaml"] = { schema, example: specYaml };
  return { required: true, content };
}

function responseOf(doc: ResponseDoc, operation: Operation): Json {
  if (doc.schema === undefined) {
    if (doc.contentType === undefined) return { description: doc.description };
    const media = { schema: { type: "string" }, example: textExamples[operation.id] };
    return { description: doc.description, content: { [doc.contentType]: media } };
  }
  const schema = { $ref: `#/components/schemas/${doc.schema}` };
  const content: Json = { "application/json": { schema, example: answerExamples[doc.schema] } };
  if (operation.id === "queryMetrics")
    content["text/csv"] = { schema: { type: "string" }, example: metricsCsv(metricsExample) };
  return { description: doc.description, content };
}

function problemResponse(status: number): Json {
  const texts: Record<number, string> = {
    400: "The request is not valid",
    401: "A credential is needed",
    403: "Not allowed, or from another origin",
    404: "Not found",
    409: "In conflict with the present state",
    412: "Changed meanwhile",
    413: "Too large",
    415: "This content type is not taken",
    422: "The content is not valid; `errors` points at each field",
    500: "Something went wrong inside Sluice",
    503: "Not available now; the detail says what is missing",
  };
  return {
    description: texts[status] ?? "A problem",
    content: {
      [problemContentType]: { schema: { $ref: "#/components/schemas/Problem" }, example: problemExample(status) },
    },
  };
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, unrepresentable: "any" });
  const { __shared, ...named } = schemas as Record<string, Json>;
  return clean(named) as Json;
}

function plainSchema(schema: z.ZodType, io: "input" | "output"): Json {
  return clean(z.toJSONSchema(schema, { io, unrepresentable: "any" })) as Json;
}

/** Drops what only stands alone (`$schema`, `$id`, `$defs`); a reference into `$defs` is always "any JSON value" here. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  const { $ref } = value as { $ref?: unknown };
  if (typeof $ref === "string" && $ref.includes("$defs")) return { description: "Any JSON value" };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "$schema" && key !== "$id" && key !== "$defs" && key !== "~standard")
      .map(([key, field]) => [key, clean(field)]),
  );
}
